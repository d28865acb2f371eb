// Runs what the other files registered. Without arguments: what needs no kernel. With `kernel`: the
// rest, which writes tables and therefore wants a network namespace and a /run of its own.
#include <cstring>

#include "check.h"

namespace check {

static int failures = 0;

std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

void failed(const char* file, int line, const std::string& what) {
  ++failures;
  printf("  %s:%d: %s\n", file, line, what.c_str());
}

}  // namespace check

int main(int count, char** arguments) {
  const bool kernel = count > 1 && strcmp(arguments[1], "kernel") == 0;
  const char* only = count > 2 ? arguments[2] : "";
  int passed = 0;
  int failed = 0;
  for (const check::Test& test : check::tests()) {
    if ((strncmp(test.name, "kernel: ", 8) == 0) != kernel || !strstr(test.name, only)) continue;
    const int before = check::failures;
    test.body();
    const bool good = check::failures == before;
    ++(good ? passed : failed);
    printf("%s %s\n", good ? "ok  " : "FAIL", test.name);
    fflush(stdout);
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed != 0 ? 0 : 1;
}
