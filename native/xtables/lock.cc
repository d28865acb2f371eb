#include "xtables/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace lvs::xtables {
namespace {

constexpr int64_t kFirstPause = 1;  // milliseconds; doubled up to the longest
constexpr int64_t kLongestPause = 20;

int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1000000;
}

void sleepFor(int64_t milliseconds) {
  const timespec time = {static_cast<time_t>(milliseconds / 1000),
                         static_cast<long>(milliseconds % 1000 * 1000000)};
  nanosleep(&time, nullptr);
}

const char* lockPath(const char* wanted) {
  if (wanted != nullptr) return wanted;
  const char* fromEnvironment = secure_getenv("XTABLES_LOCKFILE");
  return fromEnvironment != nullptr ? fromEnvironment : "/run/xtables.lock";
}

}  // namespace

int Lock::acquire(const Options& options) {
  release();
  const int64_t deadline = now() + std::max(options.timeoutMilliseconds, 0);
  file_ = open(lockPath(options.path), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) return -errno;
  int result = 0;
  for (int64_t pause = kFirstPause; flock(file_, LOCK_EX | LOCK_NB) != 0;
       pause = std::min(pause * 2, kLongestPause)) {
    const int error = errno;
    const int64_t left = deadline - now();
    if (error != EWOULDBLOCK && error != EINTR) result = -error;
    if (result == 0 && left <= 0) result = -EWOULDBLOCK;
    if (result == 0 && options.cancelled != nullptr && options.cancelled(options.context)) {
      result = -ECANCELED;
    }
    if (result != 0) {
      release();
      return result;
    }
    sleepFor(std::min(pause, left));
  }
  return 0;
}

void Lock::release() {
  if (file_ < 0) return;
  // Closing is not enough while a forked child still has a copy of the descriptor.
  flock(file_, LOCK_UN);
  close(file_);
  file_ = -1;
}

}  // namespace lvs::xtables
