// Loaded before libc (LD_PRELOAD) into a process that uses the library: makes system calls of the handles' threads
// fail as they do on a bad day. What fails is read from a file that the test writes, so faults come and go while
// calls are in flight. Everything else in the process is left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The same numbers, in the same order, are in faults.ts.
struct Control {
  uint32_t lose;           // of 1000 receives: what was queued is thrown away, the receive buffer overran
  uint32_t loseAt;         // the receive of this number, from 1, loses what was queued; counts down
  uint32_t mute;           // receives throw away what was queued and find nothing
  uint32_t interrupt;      // of 1000 calls: EINTR
  uint32_t refuse;         // of 1000 sends: ENOBUFS
  uint32_t largestSend;    // bytes; larger sends are ENOMEM. 0: any
  uint32_t stuck;          // sends wait as long as this is set
  uint32_t smallBuffer;    // sockets are opened with the smallest receive buffer, and believe otherwise
  uint32_t refuseThreads;  // handles get no thread
  uint32_t refuseBind;     // sockets get no address: ENOMEM
  uint32_t refuseJoin;     // devices do not become promiscuous: ENOBUFS
  uint32_t done;           // how many faults there were
};

static struct Control nothing;
static struct Control* control = &nothing;
static __thread int ours;
static __thread uint32_t chance;

__attribute__((constructor)) static void attach(void) {
  const char* path = getenv("LVS_FAULTS");
  // Programs that the test starts are no part of it.
  unsetenv("LD_PRELOAD");
  if (path == NULL) return;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory != MAP_FAILED) control = memory;
  close(file);
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void* real(const char* name) { return dlsym(RTLD_NEXT, name); }

static uint32_t setting(const uint32_t* field) { return __atomic_load_n(field, __ATOMIC_SEQ_CST); }

static int count(void) {
  __atomic_fetch_add(&control->done, 1, __ATOMIC_SEQ_CST);
  return 1;
}

static int falls(const uint32_t* perMille) {
  const uint32_t wanted = ours ? setting(perMille) : 0;
  if (wanted == 0) return 0;
  chance = chance * 1664525u + 1013904223u;
  return (chance >> 8) % 1000 < wanted && count();
}

static int interrupted(void) {
  if (!falls(&control->interrupt)) return 0;
  errno = EINTR;
  return 1;
}

// Threads of handles are told apart by the file that their first function lies in.
struct Start {
  void* (*routine)(void*);
  void* argument;
};

static void* begin(void* data) {
  const struct Start start = *(struct Start*)data;
  free(data);
  ours = 1;
  chance = (uint32_t)gettid();
  return start.routine(start.argument);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*), void* argument) {
  Dl_info info;
  __typeof__(&pthread_create) create = REAL(pthread_create);
  if (dladdr((void*)routine, &info) == 0 || strstr(info.dli_fname, "lvs.node") == NULL) {
    return create(thread, attributes, routine, argument);
  }
  if (setting(&control->refuseThreads) && count()) return EAGAIN;
  struct Start* start = malloc(sizeof *start);
  if (start == NULL) return EAGAIN;
  *start = (struct Start){routine, argument};
  return create(thread, attributes, begin, start);
}

ssize_t sendto(int fd, const void* data, size_t size, int flags, const struct sockaddr* to, socklen_t length) {
  if (interrupted()) return -1;
  if (falls(&control->refuse)) {
    errno = ENOBUFS;
    return -1;
  }
  const uint32_t largest = ours ? setting(&control->largestSend) : 0;
  if (largest != 0 && size > largest && count()) {
    errno = ENOMEM;
    return -1;
  }
  if (ours && setting(&control->stuck)) count();
  while (ours && setting(&control->stuck)) nanosleep(&(struct timespec){0, 1000000}, NULL);
  return REAL(sendto)(fd, data, size, flags, to, length);
}

static int loses(void) {
  if (falls(&control->lose)) return 1;
  uint32_t left = ours ? setting(&control->loseAt) : 0;
  if (left == 0) return 0;
  __atomic_store_n(&control->loseAt, left - 1, __ATOMIC_SEQ_CST);
  return left == 1 && count();
}

int recvmmsg(int fd, struct mmsghdr* messages, unsigned int size, int flags, struct timespec* timeout) {
  if (interrupted()) return -1;
  const int lost = loses();
  const int mute = ours && setting(&control->mute);
  const int received = REAL(recvmmsg)(fd, messages, size, flags, timeout);
  if (!lost && !mute) return received;
  if (mute && received > 0) count();
  errno = lost ? ENOBUFS : EAGAIN;
  return -1;
}

int bind(int fd, const struct sockaddr* address, socklen_t length) {
  if (ours && setting(&control->refuseBind) && count()) {
    errno = ENOMEM;
    return -1;
  }
  return REAL(bind)(fd, address, length);
}

int setsockopt(int fd, int level, int option, const void* value, socklen_t length) {
  const int smallest = 1;
  if (ours && level == SOL_PACKET && option == PACKET_ADD_MEMBERSHIP &&
      setting(&control->refuseJoin) && count()) {
    errno = ENOBUFS;
    return -1;
  }
  if (ours && level == SOL_SOCKET && (option == SO_RCVBUF || option == SO_RCVBUFFORCE) &&
      setting(&control->smallBuffer) && count()) {
    return REAL(setsockopt)(fd, level, SO_RCVBUF, &smallest, sizeof smallest);
  }
  return REAL(setsockopt)(fd, level, option, value, length);
}

int getsockopt(int fd, int level, int option, void* value, socklen_t* length) {
  const int result = REAL(getsockopt)(fd, level, option, value, length);
  if (result == 0 && ours && level == SOL_SOCKET && option == SO_RCVBUF && setting(&control->smallBuffer)) {
    *(int*)value = 8 << 20;
  }
  return result;
}

int poll(struct pollfd* watched, nfds_t size, int timeout) {
  if (interrupted()) return -1;
  return REAL(poll)(watched, size, timeout);
}

ssize_t read(int fd, void* data, size_t size) {
  if (interrupted()) return -1;
  return REAL(read)(fd, data, size);
}

ssize_t write(int fd, const void* data, size_t size) {
  if (interrupted()) return -1;
  return REAL(write)(fd, data, size);
}
