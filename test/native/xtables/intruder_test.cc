// Other writers, and failures, between the system calls of one load or commit: this program has a
// getsockopt() and a setsockopt() of its own, which let them in.
#include <dlfcn.h>
#include <errno.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <sys/socket.h>

#include <functional>

#include "check.h"
#include "oracle.h"
#include "samples.h"

using namespace oracle;
using samples::built;
using samples::commented;

namespace {

enum class Call { kGetInfo, kGetEntries, kReplace, kAddCounters };

// Comes before each of these calls; returns 0, or the errno that the call fails with instead.
using Intruder = std::function<int(Call)>;
Intruder intruder;

bool intrudes(Call call) {
  const int error = intruder ? intruder(call) : 0;
  errno = error;
  return error != 0;
}

// The command runs before the first such call.
Intruder running(const std::string& arguments, Call before) {
  return [arguments, before, done = false](Call call) mutable {
    if (call != before || done) return 0;
    done = true;
    return iptables(kIpv4, arguments) ? 0 : ECHILD;
  };
}

Intruder failing(int error, Call wanted) {
  return [error, wanted](Call call) { return call == wanted ? error : 0; };
}

struct Outcome {
  int error;
  std::string reason;
};

// Of a commit that adds a rule, with an intruder from then on.
Outcome outcomeOfCommit(const Intruder& intruding) {
  clear(kIpv4);
  Session session(kIpv4);
  if (session.load("filter") != 0) return {1, "not loaded"};
  insertRule(&session.table, "INPUT", 0, built(commented("ours"), kIpv4), &session.reason);
  intruder = intruding;
  const int error = session.commit();
  intruder = nullptr;
  return {error, session.reason == nullptr ? "" : session.reason};
}

constexpr const char* kTheirs = "-A INPUT -s 10.0.0.7 -j DROP";
constexpr const char* kEmpty = "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n";

}  // namespace

extern "C" int getsockopt(int fd, int level, int option, void* value, socklen_t* size) noexcept {
  const bool table = level == IPPROTO_IP;
  if (table && option == IPT_SO_GET_INFO && intrudes(Call::kGetInfo)) return -1;
  if (table && option == IPT_SO_GET_ENTRIES && intrudes(Call::kGetEntries)) return -1;
  static const auto next = reinterpret_cast<decltype(&getsockopt)>(dlsym(RTLD_NEXT, "getsockopt"));
  return next(fd, level, option, value, size);
}

extern "C" int setsockopt(int fd, int level, int option, const void* value,
                          socklen_t size) noexcept {
  const bool table = level == IPPROTO_IP;
  if (table && option == IPT_SO_SET_REPLACE && intrudes(Call::kReplace)) return -1;
  if (table && option == IPT_SO_SET_ADD_COUNTERS && intrudes(Call::kAddCounters)) return -1;
  static const auto next = reinterpret_cast<decltype(&setsockopt)>(dlsym(RTLD_NEXT, "setsockopt"));
  return next(fd, level, option, value, size);
}

TEST(unreadable, "a table that can't be read: the reason, where it is known") {
  const auto reasonOf = [](int error) -> std::string {
    Table table;
    const char* reason = nullptr;
    intruder = failing(error, Call::kGetInfo);
    const int result = load(-1, kIpv4, "filter", &table, &reason);
    intruder = nullptr;
    if (result != -error) return "another error";
    return reason == nullptr ? "" : reason;
  };
  CHECK_EQUAL(reasonOf(EAGAIN), "the table kept changing while it was read");
  CHECK_EQUAL(reasonOf(EPERM), "CAP_NET_ADMIN in the network namespace is missing");
  CHECK_EQUAL(reasonOf(ENOPROTOOPT),
              "the kernel has no legacy x_tables, or their module is not loaded");
  CHECK_EQUAL(reasonOf(ENOMEM), "");
}

TEST(readAgain, "kernel: a table that grows while it is read is read again") {
  clear(kIpv4);
  Session session(kIpv4);
  intruder = running(kTheirs, Call::kGetEntries);
  CHECK_EQUAL(session.load("filter"), 0);
  intruder = nullptr;
  CHECK_EQUAL(findChain(session.table, "INPUT")->ruleCount(), 1U);
}

TEST(unreadAgain, "kernel: a table that can't be read again isn't written") {
  const Outcome outcome = outcomeOfCommit(failing(EPERM, Call::kGetInfo));
  CHECK_EQUAL(outcome.error, -EPERM);
  CHECK_EQUAL(outcome.reason, "CAP_NET_ADMIN in the network namespace is missing");
  CHECK_EQUAL(joined(save(kIpv4, "filter")), kEmpty);
}

TEST(lastMoment, "kernel: a change in the last moment before a commit refuses it and stays") {
  const Outcome outcome = outcomeOfCommit(running(kTheirs, Call::kReplace));
  CHECK_EQUAL(outcome.error, -EAGAIN);
  CHECK_EQUAL(outcome.reason, "the table changed while it was written");
  const std::string lines = joined(save(kIpv4, "filter"));
  CHECK(lines.find("10.0.0.7") != std::string::npos && lines.find("ours") == std::string::npos);
}

TEST(unwritable, "kernel: a table that the kernel has no memory for is not written") {
  const Outcome outcome = outcomeOfCommit(failing(ENOMEM, Call::kReplace));
  CHECK_EQUAL(outcome.error, -ENOMEM);
  CHECK_EQUAL(outcome.reason, "");
  CHECK_EQUAL(joined(save(kIpv4, "filter")), kEmpty);
}

TEST(rightAfter, "kernel: a change right after a commit costs it the counters, which it says") {
  const Outcome outcome = outcomeOfCommit(running(kTheirs, Call::kAddCounters));
  CHECK_EQUAL(outcome.error, 0);
  CHECK_EQUAL(outcome.reason,
              "written, but another writer came right after and the counters are lost");
  const std::string lines = joined(save(kIpv4, "filter"));
  CHECK(lines.find("10.0.0.7") != std::string::npos && lines.find("ours") != std::string::npos);
}
