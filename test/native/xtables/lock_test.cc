#include "xtables/lock.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "check.h"
#include "oracle.h"

using lvs::xtables::Lock;

namespace {

// A file of this process's own, gone with the object.
struct Place {
  std::string path = "/tmp/xtables-lock-" + std::to_string(getpid());
  ~Place() { unlink(path.c_str()); }
  Lock::Options options(int timeout) const {
    Lock::Options options;
    options.path = path.c_str();
    options.timeoutMilliseconds = timeout;
    return options;
  }
};

int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

}  // namespace

TEST(lockExcludes, "a held lock makes the second wait for its timeout, and no longer") {
  const Place place;
  Lock first;
  CHECK_EQUAL(first.acquire(place.options(0)), 0);
  struct stat status;
  CHECK_EQUAL(stat(place.path.c_str(), &status), 0);
  CHECK_EQUAL(status.st_mode & 0777, 0600);
  Lock second;
  const int64_t start = now();
  CHECK_EQUAL(second.acquire(place.options(150)), -EWOULDBLOCK);
  CHECK(now() - start >= 150 && now() - start < 2000);
  CHECK(!second.held());
  CHECK_EQUAL(second.acquire(place.options(-5)), -EWOULDBLOCK);
  first.release();
  CHECK_EQUAL(second.acquire(place.options(0)), 0);
  CHECK(second.held());
}

TEST(lockForked, "a forked child's copy doesn't keep a released lock") {
  const Place place;
  Lock lock;
  CHECK_EQUAL(lock.acquire(place.options(0)), 0);
  int ends[2];
  CHECK_EQUAL(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    close(ends[1]);
    _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(ends[0]);
  lock.release();
  Lock other;
  const int result = other.acquire(place.options(0));
  close(ends[1]);
  CHECK_EQUAL(result, 0);
}

TEST(lockCancelled, "waiting ends when it is called off") {
  const Place place;
  Lock first;
  CHECK_EQUAL(first.acquire(place.options(0)), 0);
  int asked = 0;
  Lock::Options options = place.options(60000);
  options.context = &asked;
  options.cancelled = [](void* context) { return ++*static_cast<int*>(context) == 3; };
  Lock second;
  CHECK_EQUAL(second.acquire(options), -ECANCELED);
  CHECK_EQUAL(asked, 3);
}

TEST(lockPlace, "the path: given, from the environment, and never through a link") {
  const Place place;
  const std::string link = place.path + "-link";
  CHECK_EQUAL(symlink(place.path.c_str(), link.c_str()), 0);
  Lock::Options options;
  options.path = link.c_str();
  Lock lock;
  const int result = lock.acquire(options);
  unlink(link.c_str());
  CHECK_EQUAL(result, -ELOOP);
  CHECK(access(place.path.c_str(), F_OK) != 0);
  options.path = "/nonexistent/lock";
  CHECK_EQUAL(lock.acquire(options), -ENOENT);
  setenv("XTABLES_LOCKFILE", place.path.c_str(), 1);
  options.path = nullptr;
  const int fromEnvironment = lock.acquire(options);
  unsetenv("XTABLES_LOCKFILE");
  CHECK_EQUAL(fromEnvironment, 0);
  CHECK(access(place.path.c_str(), F_OK) == 0);
}

TEST(lockShared, "kernel: iptables waits for our lock, and we for its") {
  Lock lock;
  Lock::Options options;
  CHECK_EQUAL(lock.acquire(options), 0);
  int status = 0;
  oracle::run("iptables-legacy -w 1 -t nat -L -n", &status);
  CHECK_EQUAL(status, 4);
  lock.release();
  oracle::run("iptables-legacy -w 1 -t nat -L -n", &status);
  CHECK_EQUAL(status, 0);
}
