// The least that a test program needs: named tests, checks that say where they failed, a summary.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace check {

struct Test {
  const char* name;
  std::function<void()> body;
};

// Every file registers its tests with the list that main() runs.
std::vector<Test>& tests();
struct Register {
  Register(const char* name, std::function<void()> body) {
    tests().push_back({name, std::move(body)});
  }
};

void failed(const char* file, int line, const std::string& what);

inline std::string shown(const std::string& value) { return "\"" + value + "\""; }
inline std::string shown(std::string_view value) { return shown(std::string(value)); }
inline std::string shown(const char* value) { return shown(std::string(value)); }
template <typename T>
std::string shown(T value) {
  return std::to_string(static_cast<long long>(value));
}

template <typename A, typename B>
bool same(const A& a, const B& b) {
  if constexpr (std::is_integral_v<A> && std::is_integral_v<B>) {
    return static_cast<int64_t>(a) == static_cast<int64_t>(b);
  } else if constexpr (std::is_convertible_v<A, std::string_view>) {
    return std::string_view(a) == std::string_view(b);
  } else {
    return a == b;
  }
}

template <typename A, typename B>
bool equal(const char* file, int line, const char* text, const A& got, const B& wanted) {
  if (same(got, wanted)) return true;
  failed(file, line,
         std::string(text) + "\n    got    " + shown(got) + "\n    wanted " + shown(wanted));
  return false;
}

}  // namespace check

#define TEST(id, name)                                   \
  static void id();                                      \
  static const check::Register register_##id(name, &id); \
  static void id()
#define CHECK(condition)                                                    \
  do {                                                                      \
    if (!(condition)) return check::failed(__FILE__, __LINE__, #condition); \
  } while (0)
#define CHECK_EQUAL(got, wanted)                                          \
  do {                                                                    \
    if (!check::equal(__FILE__, __LINE__, #got, (got), (wanted))) return; \
  } while (0)
