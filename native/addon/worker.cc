#include "addon/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace lvs::addon {
namespace {

constexpr size_t kPostSize = 192 << 10;
constexpr uint64_t kPostInterval = 20'000'000;  // nanoseconds

}  // namespace

Worker::Worker(const Protocol& protocol, std::string netns)
    : protocol_(protocol), netns_(std::move(netns)) {}

Worker::~Worker() {
  abandon();
  if (env_ != nullptr) {
    landing_.release(env_);
    napi_remove_env_cleanup_hook(env_, environmentEnds, this);
  }
  closeWake();
}

int Worker::start(napi_env env, napi_value onResults) {
  wake_ = eventfd(0, EFD_CLOEXEC);
  if (wake_ < 0) return -errno;
  napi_value name;
  if (napi_create_string_utf8(env, protocol_.name, NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env, onResults, nullptr, name, 0, 1, nullptr, nullptr, this,
                                      deliver, &deliverResults_) != napi_ok) {
    return -ENOMEM;
  }
  env_ = env;
  // Hooks run in reverse order, so the thread ends before its threadsafe function does.
  napi_add_env_cleanup_hook(env, environmentEnds, this);
  if (const int error = uv_thread_create(&thread_, threadMain, this)) {
    napi_release_threadsafe_function(deliverResults_, napi_tsfn_abort);
    // Not left to the destructor: the object of a handle that was not opened waits for the
    // collector.
    closeWake();
    return error;
  }
  running_ = true;
  return 0;
}

void Worker::submit(const uint8_t* data, size_t size) {
  Bytes batch = spares_->take(size);
  batch.resize(size);
  if (size != 0) memcpy(batch.data(), data, size);
  {
    const Locked locked(&mutex_);
    batches_.push_back(std::move(batch));
    ++submitted_;
  }
  wake();
}

void Worker::keepResults(napi_env env) { landing_.release(env); }

void Worker::cancel(uint32_t id) {
  const Locked locked(&mutex_);
  cancelled_.push_back({id, submitted_});
}

bool Worker::cancelled(uint32_t id) {
  if (abandoned_) return true;
  const Locked locked(&mutex_);
  const auto found = std::find_if(cancelled_.begin(), cancelled_.end(),
                                  [id](const Cancelled& entry) { return entry.id == id; });
  if (found == cancelled_.end()) return false;
  cancelled_.erase(found);
  return true;
}

void Worker::close() {
  closing_ = true;
  wake();
}

void Worker::abandon() {
  if (!running_) return;
  abandoned_ = true;
  close();
  uv_thread_join(&thread_);
  running_ = false;
  napi_release_threadsafe_function(deliverResults_, napi_tsfn_abort);
}

void Worker::environmentEnds(void* self) {
  auto* worker = static_cast<Worker*>(self);
  worker->abandon();
  worker->landing_.release(worker->env_);
  worker->env_ = nullptr;
}

void Worker::setReferenced(napi_env env, bool referenced) {
  if (!running_) return;
  if (referenced) {
    napi_ref_threadsafe_function(env, deliverResults_);
  } else {
    napi_unref_threadsafe_function(env, deliverResults_);
  }
}

void Worker::wake() {
  const uint64_t one = 1;
  while (write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Worker::threadMain(void* self) {
  // Signals belong to the program's main thread. (On Linux this sets the mask of the calling thread
  // alone; pthread_sigmask would need a newer C library.)
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  static_cast<Worker*>(self)->run();
}

void Worker::closeWake() {
  if (wake_ >= 0) ::close(wake_);
  wake_ = -1;
}

int Worker::joinNamespace() {
  if (netns_.empty()) return 0;
  const int file = ::open(netns_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  const int error = setns(file, CLONE_NEWNET) == 0 ? 0 : -errno;
  ::close(file);
  return error;
}

// The first result, of id 0, tells how opening went: the error, and in a text the step it struck.
int Worker::open() {
  const char* stage = "netns";
  int error = joinNamespace();
  if (error == 0) {
    backend_.reset(protocol_.make());
    error = backend_->open(&stage);
  }
  results_.begin(0);
  results_.text(kPlainText, stage, error == 0 ? 0 : strlen(stage));
  results_.end(error);
  post();
  return error;
}

void Worker::run() {
  if (open() == 0) {
    Bytes batch;
    while (!abandoned_) {
      if (nextBatch(&batch)) {
        backend_->run(RequestReader(batch.data(), batch.size()), *this);
        post();
        spares_->giveBack(std::move(batch));
      } else if (closing_) {
        break;
      } else {
        waitForWork();
      }
    }
  }
  backend_.reset();
  if (!abandoned_ && lots_.end()) announce();
}

bool Worker::nextBatch(Bytes* batch) {
  const Locked locked(&mutex_);
  if (batches_.empty()) {
    const uint64_t done = submitted_;
    const auto settled = [done](const Cancelled& entry) { return entry.submitted < done; };
    cancelled_.erase(std::remove_if(cancelled_.begin(), cancelled_.end(), settled),
                     cancelled_.end());
    return false;
  }
  batch->swap(batches_.front());
  batches_.erase(batches_.begin());
  return true;
}

// Waits until somebody wakes the thread.
void Worker::sleep() {
  uint64_t count = 0;
  while (read(wake_, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

void Worker::waitForWork() {
  Watcher* const watcher = backend_->watcher();
  if (watcher == nullptr) return sleep();
  descriptors_.assign(1, wake_);
  watcher->watched(&descriptors_);
  const int patience = watcher->patience();
  if (descriptors_.size() == 1 && patience < 0) return sleep();
  polled_.clear();
  for (const int descriptor : descriptors_) polled_.push_back({descriptor, POLLIN, 0});
  int ready = poll(polled_.data(), polled_.size(), patience);
  const bool waitedEnough = ready == 0;
  if (ready > 0 && polled_[0].revents != 0) {
    --ready;
    sleep();
  }
  if (ready > 0 || waitedEnough) {
    watcher->readable(*this);
    post();
  }
}

// Where there was no spare buffer when the last one was posted, that one may have come back.
ResultWriter& Worker::results() {
  if (results_.roomless()) results_.take(spares_->take(posted_));
  return results_;
}

// On some kernels a look at the clock costs as much as asking for a row, so there are at most so
// many that a post is late by a tenth of its interval.
bool Worker::isDue() {
  if (results_.size() == 0) return false;
  if (results_.size() >= kPostSize) return true;
  if (looksSpared_ < mostLooksSpared_) {
    ++looksSpared_;
    return false;
  }
  const uint64_t now = uv_hrtime();
  const uint64_t each = (now - lastLook_) / (looksSpared_ + 1) + 1;
  mostLooksSpared_ = static_cast<uint32_t>(std::min<uint64_t>(kPostInterval / 10 / each, 1000));
  looksSpared_ = 0;
  lastLook_ = now;
  if (postedBefore_ == 0) postedBefore_ = now;
  return now - postedBefore_ >= kPostInterval;
}

void Worker::post() {
  if (results_.size() == 0) return;
  postedBefore_ = 0;
  posted_ = results_.size();
  if (lots_.add(results_.take(spares_->take(posted_)))) announce();
}

void Worker::announce() {
  napi_call_threadsafe_function(deliverResults_, nullptr, napi_tsfn_nonblocking);
}

// Runs on the JavaScript thread. Statuses are ignored on purpose: they fail only while the
// environment is being torn down, when nobody is left to tell.
void Worker::deliver(napi_env env, napi_value onResults, void* self, void*) {
  if (env != nullptr) static_cast<Worker*>(self)->deliverNext(env, onResults);
}

void Worker::deliverNext(napi_env env, napi_value onResults) {
  Bytes lot;
  bool pause = false;
  napi_value undefined = nullptr;
  if (!lots_.take(&lot, &pause) || napi_get_undefined(env, &undefined) != napi_ok) return;
  if (lot.empty()) {
    finish(env);
    napi_call_function(env, undefined, onResults, 1, &undefined, nullptr);
    return;
  }
  const auto size = static_cast<uint32_t>(lot.size());
  napi_value arguments[3] = {landing_.place(env, std::move(lot)), nullptr, nullptr};
  if (arguments[0] == nullptr || napi_create_uint32(env, size, &arguments[1]) != napi_ok ||
      napi_get_boolean(env, pause, &arguments[2]) != napi_ok) {
    return;
  }
  napi_call_function(env, undefined, onResults, 3, arguments, nullptr);
}

void Worker::finish(napi_env env) {
  landing_.release(env);
  if (!running_) return;
  uv_thread_join(&thread_);
  running_ = false;
  // Not left to the destructor: the handle's object may wait long for the garbage collector.
  closeWake();
  napi_release_threadsafe_function(deliverResults_, napi_tsfn_release);
}

}  // namespace lvs::addon
