// Requests that the library never makes, or whose answer never comes.
#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string_view>

#include "../netlink/fake_kernel.h"
#include "blocks.h"
#include "check.h"
#include "nat/legacy_ruleset.h"
#include "nat/protocol.h"
#include "nat/tables.h"

using namespace lvs;
using namespace lvs::nat;

namespace {

constexpr uint16_t kScopeIndex = 2;
constexpr uint32_t kOwnNftables = 2;

std::vector<uint8_t> scope() {
  return blocks::written([](ResultWriter& results) {
    Record(results.record(kScopeIndex, kScopeTable)).mark(fieldIndex(kScopeLayout, "family"));
  });
}

// While this is in force, the thread may do no more than any user.
class NoCapabilities {
 public:
  NoCapabilities() {
    syscall(SYS_capget, &header_, before_);
    __user_cap_data_struct none[] = {before_[0], before_[1]};
    none[0].effective = none[1].effective = 0;
    syscall(SYS_capset, &header_, none);
  }
  ~NoCapabilities() { syscall(SYS_capset, &header_, before_); }

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2]{};
};

}  // namespace

TEST(requests, "backend: a request through no interface there is, is refused") {
  const std::unique_ptr<Backend> nat(kProtocol.make());
  blocks::Host host;
  const uint16_t find = blocks::operation(kProtocol, "findRule");
  CHECK_EQUAL(host.errorOf(*nat, find, kOwnNftables + 1, scope()), -EINVAL);
}

TEST(refusedReading, "backend: what the kernel says of a reading is the answer") {
  fake::kernel() = {};
  fake::kernel().openError = -EPROTONOSUPPORT;
  const std::unique_ptr<Backend> nat(kProtocol.make());
  blocks::Host host;
  const uint16_t list = blocks::operation(kProtocol, "listRules");
  CHECK_EQUAL(host.errorOf(*nat, list, kOwnNftables, scope()), -EPROTONOSUPPORT);
}

TEST(withdrawn, "backend: what was withdrawn in time is not done") {
  blocks::Host host;
  host.allCancelled = true;
  for (const Protocol* protocol : {&kProtocol, &kTablesProtocol}) {
    const std::unique_ptr<Backend> backend(protocol->make());
    CHECK_EQUAL(host.errorOf(*backend, 0), -ECANCELED);
  }
}

TEST(noSocket, "legacy: without CAP_NET_RAW there is no socket, which the error says") {
  const NoCapabilities none;
  LegacySockets sockets;
  LegacyRuleset ruleset(sockets, xtables::kIpv6, {});
  Detail detail;
  CHECK_EQUAL(ruleset.load(Access::kRead, &detail), -EPERM);
  CHECK_EQUAL(detail.reason, "socket");
}

TEST(noRule, "legacy: what makes no rule is refused before a table is read") {
  LegacySockets sockets;
  LegacyRuleset ruleset(sockets, xtables::kIpv4, {});
  xtables::Rule rule;
  rule.matches = {xtables::TcpMatch{}};
  Detail detail;
  CHECK_EQUAL(ruleset.insert("OUTPUT", kLast, DigestedRule(rule), 0, &detail), -EINVAL);
  CHECK_EQUAL(detail.reason, "a tcp match needs the protocol tcp");
}
