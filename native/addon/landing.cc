#include "addon/landing.h"

#include <cstring>

namespace lvs::addon {
namespace {

constexpr size_t kSmallest = 4 << 10;
// Larger ones are worth an ArrayBuffer of their own.
constexpr size_t kLargest = 256 << 10;

// Memory that JavaScript holds. It may outlive the handle.
struct HandedOver {
  std::shared_ptr<Spares> spares;
  Bytes bytes;
};

void takeBack(napi_env, void*, void* hint) {
  const std::unique_ptr<HandedOver> held(static_cast<HandedOver*>(hint));
  held->spares->giveBack(std::move(held->bytes));
}

}  // namespace

napi_value Landing::place(napi_env env, Bytes bytes) {
  napi_value buffer = bytes.size() > kLargest ? handOver(env, bytes) : nullptr;
  if (buffer == nullptr) {
    buffer = copy(env, bytes);
    spares_->giveBack(std::move(bytes));
  }
  return buffer;
}

// Null where the program that embeds Node allows no memory from outside.
napi_value Landing::handOver(napi_env env, Bytes& bytes) {
  auto held = std::make_unique<HandedOver>(HandedOver{spares_, {}});
  held->bytes.swap(bytes);
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, held->bytes.data(), held->bytes.size(), takeBack,
                                       held.get(), &buffer) != napi_ok) {
    bytes.swap(held->bytes);
    return nullptr;
  }
  static_cast<void>(held.release());
  return buffer;
}

napi_value Landing::copy(napi_env env, const Bytes& bytes) {
  napi_value buffer = nullptr;
  if (bytes.size() > size_) {
    buffer = make(env, bytes.size());
  } else {
    napi_get_reference_value(env, buffer_, &buffer);
  }
  if (buffer != nullptr) memcpy(data_, bytes.data(), bytes.size());
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
