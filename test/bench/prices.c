// What this kernel charges for the things that no program does without. Prints how many seconds
// one of them takes.
//
//   prices wake COUNT   one thread wakes another, and the other way round
//   prices call COUNT   a system call that does nothing
//   prices fault COUNT  the first touch of a page of memory
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void die(const char* what) {
  perror(what);
  exit(1);
}

static int events[2];

static void pass(int from, int to) {
  uint64_t value = 0;
  if (read(events[from], &value, sizeof value) < 0 || write(events[to], &value, sizeof value) < 0) {
    die("eventfd");
  }
}

static void* answer(void* count) {
  for (uint32_t i = *(uint32_t*)count; i > 0; --i) pass(0, 1);
  return NULL;
}

static size_t wake(uint32_t count) {
  pthread_t thread;
  const uint64_t one = 1;
  for (int i = 0; i < 2; ++i) events[i] = eventfd(0, EFD_CLOEXEC);
  if (pthread_create(&thread, NULL, answer, &count) != 0) die("thread");
  for (uint32_t i = 0; i < count; ++i) {
    if (i == 0 && write(events[0], &one, sizeof one) < 0) die("eventfd");
    if (i + 1 < count) pass(1, 0);
  }
  pthread_join(thread, NULL);
  return (size_t)count * 2;
}

static size_t call(uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) syscall(SYS_getppid);
  return count;
}

static size_t fault(uint32_t count) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), size = page * count;
  char* memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) die("mmap");
  for (size_t at = 0; at < size; at += page) memory[at] = 1;
  return count;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  if (argc != 3) return fprintf(stderr, "usage: see prices.c\n"), 2;
  const uint32_t count = (uint32_t)atol(argv[2]);
  const double start = now();
  size_t done = 0;
  if (strcmp(argv[1], "wake") == 0) done = wake(count);
  else if (strcmp(argv[1], "call") == 0) done = call(count);
  else if (strcmp(argv[1], "fault") == 0) done = fault(count);
  printf("%.9f\n", (now() - start) / (double)done);
  return 0;
}
