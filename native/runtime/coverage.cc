// Only builds with `--coverage=1` contain it. Counters are written at the regular end of a process,
// which the processes of vitest do not have: it ends them by a signal. So a process may be told to
// write them, and begin anew.
#include <csignal>

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): of libgcov
void __gcov_dump();
void __gcov_reset();
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
}

namespace {

void writeCounters(int) {
  __gcov_dump();
  __gcov_reset();
}

// Ignored by default, so that a process may be told whether or not it has loaded the addon.
[[gnu::constructor]] void listen() { std::signal(SIGURG, writeCounters); }

}  // namespace
