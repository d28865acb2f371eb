// The ArrayBuffer in which results reach JavaScript. One serves all lots, since they are read while
// they are delivered; JavaScript says so when it keeps one. A large lot is not copied there: it is
// handed over as it is.
#pragma once

#include <node_api.h>

#include <memory>

#include "addon/spares.h"

namespace lvs::addon {

class Landing {
 public:
  explicit Landing(std::shared_ptr<Spares> spares) : spares_(std::move(spares)) {}

  // An ArrayBuffer that begins with these bytes; null while the environment is torn down. The bytes
  // become a spare buffer once they are no longer used.
  napi_value place(napi_env env, Bytes bytes);
  // Forgets the ArrayBuffer: somebody keeps it, or nothing more will come.
  void release(napi_env env);

 private:
  napi_value handOver(napi_env env, Bytes& bytes);
  napi_value copy(napi_env env, const Bytes& bytes);
  napi_value make(napi_env env, size_t size);

  std::shared_ptr<Spares> spares_;
  napi_ref buffer_ = nullptr;
  void* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace lvs::addon
