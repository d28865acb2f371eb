#include "addon/landing.h"

#include <cstring>

namespace lvs::addon {
namespace {

constexpr size_t kSmallest = 4 << 10;
// What is larger comes seldom, and would lie idle for the rest of the handle's life.
constexpr size_t kLargest = 1 << 20;

}  // namespace

napi_value Landing::place(napi_env env, const Bytes& bytes) {
  napi_value buffer = nullptr;
  void* data = data_;
  if (bytes.size() > kLargest) {
    if (napi_create_arraybuffer(env, bytes.size(), &data, &buffer) != napi_ok) return nullptr;
  } else if (bytes.size() > size_) {
    buffer = make(env, bytes.size());
    data = data_;
  } else if (napi_get_reference_value(env, buffer_, &buffer) != napi_ok) {
    return nullptr;
  }
  if (buffer != nullptr) memcpy(data, bytes.data(), bytes.size());
  return buffer;
}

napi_value Landing::make(napi_env env, size_t size) {
  release(env);
  size_t room = kSmallest;
  while (room < size) room *= 2;
  napi_value buffer = nullptr;
  if (napi_create_arraybuffer(env, room, &data_, &buffer) != napi_ok ||
      napi_create_reference(env, buffer, 1, &buffer_) != napi_ok) {
    return nullptr;
  }
  size_ = room;
  return buffer;
}

void Landing::release(napi_env env) {
  if (buffer_ != nullptr) napi_delete_reference(env, buffer_);
  buffer_ = nullptr;
  size_ = 0;
}

}  // namespace lvs::addon
