// The thread of one handle: joins the network namespace, opens the backend, runs batches in order
// and wakes JavaScript once for each lot of results.
#pragma once

#include <node_api.h>
#include <poll.h>
#include <uv.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "addon/landing.h"
#include "addon/lots.h"
#include "addon/mutex.h"
#include "addon/spares.h"
#include "records/backend.h"

namespace lvs::addon {

class Worker final : public Host {
 public:
  Worker(const Protocol& protocol, std::string netns);
  ~Worker() override;

  // Called on the JavaScript thread.
  // 0 or a negative errno: there was no descriptor or no thread to be had.
  int start(napi_env env, napi_value onResults);
  void submit(const uint8_t* data, size_t size);
  void cancel(uint32_t id);
  // Hands the next lot of results to JavaScript, if there is one. JavaScript calls it in the turn
  // after one that was told to pause.
  void deliverNext(napi_env env, napi_value onResults);
  // The ArrayBuffer delivered last is not used again.
  void keepResults(napi_env env);
  // Ends the thread once everything submitted has run.
  void close();
  // Ends the thread as soon as it can and waits for it; nothing is delivered any more.
  void abandon();
  void setReferenced(napi_env env, bool referenced);

  // Host, called on the thread.
  ResultWriter& results() override;
  bool isDue() override;
  void post() override;
  bool cancelled(uint32_t id) override;

 private:
  static void threadMain(void* self);
  static void deliver(napi_env env, napi_value onResults, void* self, void* data);
  static void environmentEnds(void* self);

  void run();
  int joinNamespace();
  int open();
  bool nextBatch(Bytes* batch);
  void sleep();
  void waitForWork();
  void wake();
  void closeWake();
  void announce();
  void finish(napi_env env);

  const Protocol& protocol_;
  std::string netns_;
  std::unique_ptr<Backend> backend_;
  ResultWriter results_;
  uint64_t postedBefore_ = 0;  // when the clock was first looked at after the last post; 0: not yet
  uint64_t lastLook_ = 0;
  uint32_t looksSpared_ = 0;  // since then
  uint32_t mostLooksSpared_ = 0;
  size_t posted_ = 0;  // bytes the last time
  std::vector<int> descriptors_;
  std::vector<pollfd> polled_;

  const std::shared_ptr<Spares> spares_ = std::make_shared<Spares>();
  Landing landing_{spares_};
  Lots lots_;

  napi_env env_ = nullptr;
  napi_threadsafe_function deliverResults_ = nullptr;
  uv_thread_t thread_{};
  bool running_ = false;  // the thread has been started and not yet been joined
  int wake_ = -1;         // eventfd: ends a wait for work

  Mutex mutex_;
  std::vector<Bytes> batches_;
  struct Cancelled {
    uint32_t id;
    uint64_t submitted;  // number of batches by then: the request may be in the next one still
  };
  uint64_t submitted_ = 0;
  std::vector<Cancelled> cancelled_;
  std::atomic<bool> closing_{false};
  std::atomic<bool> abandoned_{false};
};

}  // namespace lvs::addon
