// What Debian's libstdc++ and libgcc, which are made for glibc, want of a C library and musl does not have:
// enough for Bun, whose build for musl comes without them, to start.
#include <stddef.h>
#include <stdint.h>

extern int getentropy(void *to, size_t size);
extern size_t strftime_l(char *to, size_t size, const char *format, const void *time, void *locale);

char __libc_single_threaded = 0;
uint32_t __cpu_model[4];

uint32_t arc4random(void) {
  uint32_t number = 0;
  getentropy(&number, sizeof(number));
  return number;
}

size_t __strftime_l(char *to, size_t size, const char *format, const void *time, void *locale) {
  return strftime_l(to, size, format, time, locale);
}

int __cxa_thread_atexit_impl(void (*call)(void *), void *object, void *handle) {
  (void)call, (void)object, (void)handle;
  return 0;
}

int _dl_find_object(void *address, void *result) {
  (void)address, (void)result;
  return -1;
}

int __cpu_indicator_init(void) { return 0; }
