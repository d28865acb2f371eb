// The ArrayBuffer in which results reach JavaScript. One serves all lots, since they are read while
// they are delivered; JavaScript says so when it keeps one.
#pragma once

#include <node_api.h>

#include "addon/spares.h"

namespace lvs::addon {

class Landing {
 public:
  // An ArrayBuffer that begins with these bytes; null while the environment is torn down.
  napi_value place(napi_env env, const Bytes& bytes);
  // Forgets the ArrayBuffer: somebody keeps it, or nothing more will come.
  void release(napi_env env);

 private:
  napi_value make(napi_env env, size_t size);

  napi_ref buffer_ = nullptr;
  void* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace lvs::addon
