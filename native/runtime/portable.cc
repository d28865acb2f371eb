// The part of the C++ runtime that this code uses, for binaries that have to run on other machines
// than the one they were built on: with it the addon asks for no libstdc++, neither for a recent
// one nor, where libc is musl, for the right one. Only builds with `--portable=1` contain it.
//
// Nothing here throws, as nothing elsewhere does: what libstdc++ would throw ends the process,
// which an exception in code without them does too.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

namespace {

[[noreturn]] void giveUp(const char* why) {
  std::fprintf(stderr, "lvs: %s\n", why);
  std::abort();
}

void* allocate(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) giveUp("out of memory");
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

// The names by which libstdc++'s headers call what throws.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl58-cpp,readability-identifier-naming)
namespace std {

void __throw_bad_alloc() { giveUp("out of memory"); }
void __throw_bad_array_new_length() { giveUp("out of memory"); }
void __throw_bad_function_call() { giveUp("call of an empty function"); }
void __throw_length_error(const char* what) { giveUp(what); }
void __throw_logic_error(const char* what) { giveUp(what); }
void __throw_out_of_range(const char* what) { giveUp(what); }
void __throw_out_of_range_fmt(const char* what, ...) { giveUp(what); }

// Its headers say that std::string is in the library.
template class basic_string<char>;

// Where there are no type_infos, the headers have compared all that there is to compare.
bool _Sp_make_shared_tag::_S_eq(const type_info&) noexcept { return false; }

}  // namespace std

// glibc 2.32 tells std::shared_ptr here that it need not count atomically. There is always a second
// thread.
extern "C" {
char __libc_single_threaded = 0;
}

extern "C" void __cxa_pure_virtual() { giveUp("call of a pure virtual function"); }
// NOLINTEND(bugprone-reserved-identifier,cert-dcl58-cpp,readability-identifier-naming)
