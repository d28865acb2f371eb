// What JavaScript sees: describe, open, submit, cancel, deliverNext, keepResults, reference and
// close, and detachResults and originalDestination, which need no handle. Handles are objects that
// carry a type tag, so that no other object can be passed for one.
#include <napi.h>

#include <cstring>

#include "addon/describe.h"
#include "addon/protocols.h"
#include "addon/worker.h"

namespace lvs::addon {
namespace {

constexpr napi_type_tag kHandleTag = {0x6c76735f68616e64, 0x8d1f0a52c4b94e37};

const Protocol* findProtocol(const Napi::Value& name) {
  if (!name.IsString()) return nullptr;
  const std::string wanted = name.As<Napi::String>();
  for (const Protocol* protocol : kProtocols) {
    if (wanted == protocol->name) return protocol;
  }
  return nullptr;
}

Napi::Value refuse(Napi::Env env, const char* message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
  return env.Undefined();
}

Worker* workerOf(const Napi::CallbackInfo& info) {
  if (info.Length() == 0 || !info[0].IsObject()) return nullptr;
  bool tagged = false;
  void* worker = nullptr;
  if (napi_check_object_type_tag(info.Env(), info[0], &kHandleTag, &tagged) != napi_ok || !tagged ||
      napi_unwrap(info.Env(), info[0], &worker) != napi_ok) {
    return nullptr;
  }
  return static_cast<Worker*>(worker);
}

void destroy(napi_env, void* worker, void*) { delete static_cast<Worker*>(worker); }

Napi::Value describeProtocol(const Napi::CallbackInfo& info) {
  const Protocol* protocol = findProtocol(info[0]);
  if (protocol == nullptr) return refuse(info.Env(), "no such protocol");
  return describe(info.Env(), *protocol);
}

// open(protocol, namespace path or '', onResults): the handle, or a negative errno
Napi::Value open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Protocol* protocol = findProtocol(info[0]);
  if (protocol == nullptr || !info[1].IsString() || !info[2].IsFunction()) {
    return refuse(env, "open(protocol, netns, onResults)");
  }
  auto worker = std::make_unique<Worker>(*protocol, info[1].As<Napi::String>().Utf8Value());
  Napi::Object handle = Napi::Object::New(env);
  if (napi_wrap(env, handle, worker.get(), destroy, nullptr, nullptr) != napi_ok) {
    return refuse(env, "the handle could not be made");
  }
  Worker* owned = worker.release();
  if (napi_type_tag_object(env, handle, &kHandleTag) != napi_ok) {
    return refuse(env, "the handle could not be made");
  }
  const int error = owned->start(env, info[2]);
  if (error != 0) return Napi::Number::New(env, error);
  return handle;
}

Napi::Value submit(const Napi::CallbackInfo& info) {
  Worker* worker = workerOf(info);
  if (worker == nullptr || !info[1].IsTypedArray()) {
    return refuse(info.Env(), "submit(handle, bytes)");
  }
  const auto bytes = info[1].As<Napi::Uint8Array>();
  worker->submit(bytes.Data(), bytes.ByteLength());
  return info.Env().Undefined();
}

Napi::Value cancel(const Napi::CallbackInfo& info) {
  Worker* worker = workerOf(info);
  if (worker == nullptr || !info[1].IsNumber()) return refuse(info.Env(), "cancel(handle, id)");
  worker->cancel(info[1].As<Napi::Number>().Uint32Value());
  return info.Env().Undefined();
}

// deliverNext(handle, onResults): what is delivered in a turn of its own
Napi::Value deliverNext(const Napi::CallbackInfo& info) {
  Worker* worker = workerOf(info);
  if (worker == nullptr || !info[1].IsFunction()) {
    return refuse(info.Env(), "deliverNext(handle, onResults)");
  }
  worker->deliverNext(info.Env(), info[1]);
  return info.Env().Undefined();
}

Napi::Value keepResults(const Napi::CallbackInfo& info) {
  Worker* worker = workerOf(info);
  if (worker == nullptr) return refuse(info.Env(), "keepResults(handle)");
  worker->keepResults(info.Env());
  return info.Env().Undefined();
}

// detachResults(buffer): one that JavaScript has kept and needs no longer. Whatever views of it are
// left have no bytes from then on, so its memory may be used again at once.
Napi::Value detachResults(const Napi::CallbackInfo& info) {
  if (!info[0].IsArrayBuffer() || napi_detach_arraybuffer(info.Env(), info[0]) != napi_ok) {
    return refuse(info.Env(), "detachResults(buffer)");
  }
  return info.Env().Undefined();
}

Napi::Value reference(const Napi::CallbackInfo& info) {
  Worker* worker = workerOf(info);
  if (worker == nullptr || !info[1].IsBoolean()) {
    return refuse(info.Env(), "reference(handle, referenced)");
  }
  worker->setReferenced(info.Env(), info[1].As<Napi::Boolean>());
  return info.Env().Undefined();
}

Napi::Value close(const Napi::CallbackInfo& info) {
  Worker* worker = workerOf(info);
  if (worker == nullptr) return refuse(info.Env(), "close(handle)");
  worker->close();
  return info.Env().Undefined();
}

// originalDestination(descriptor, record): 0 or a negative errno. Not on a thread of its own: the
// kernel looks into a table and never waits, and here nobody can close the descriptor meanwhile.
Napi::Value originalDestination(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber() || !info[1].IsTypedArray()) {
    return refuse(info.Env(), "originalDestination(descriptor, record)");
  }
  auto record = info[1].As<Napi::Uint8Array>();
  const int error = nat::originalDestination(info[0].As<Napi::Number>().Int32Value(), record.Data(),
                                             record.ByteLength());
  return Napi::Number::New(info.Env(), error);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("describe", Napi::Function::New(env, describeProtocol, "describe"));
  exports.Set("open", Napi::Function::New(env, open, "open"));
  exports.Set("submit", Napi::Function::New(env, submit, "submit"));
  exports.Set("cancel", Napi::Function::New(env, cancel, "cancel"));
  exports.Set("deliverNext", Napi::Function::New(env, deliverNext, "deliverNext"));
  exports.Set("keepResults", Napi::Function::New(env, keepResults, "keepResults"));
  exports.Set("detachResults", Napi::Function::New(env, detachResults, "detachResults"));
  exports.Set("reference", Napi::Function::New(env, reference, "reference"));
  exports.Set("originalDestination",
              Napi::Function::New(env, originalDestination, "originalDestination"));
  exports.Set("close", Napi::Function::New(env, close, "close"));
  return exports;
}

}  // namespace
}  // namespace lvs::addon

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  return lvs::addon::init(env, exports);
}
NODE_API_MODULE(lvs, initialize)
