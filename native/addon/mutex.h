// A mutex of libuv's, and what holds it for as long as it lives.
#pragma once

#include <uv.h>

namespace lvs::addon {

class Mutex {
 public:
  Mutex() { uv_mutex_init(&mutex_); }
  ~Mutex() { uv_mutex_destroy(&mutex_); }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

 private:
  friend class Locked;
  uv_mutex_t mutex_;
};

class Locked {
 public:
  explicit Locked(Mutex* mutex) : mutex_(&mutex->mutex_) { uv_mutex_lock(mutex_); }
  ~Locked() { uv_mutex_unlock(mutex_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  uv_mutex_t* mutex_;
};

}  // namespace lvs::addon
