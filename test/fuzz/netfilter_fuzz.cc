// libFuzzer: nat rules, chains and sets as nf_tables tells them, and the table of tracked
// connections. Every rule that was read is written out as TypeScript would get it, and into a
// transaction.
#include <sys/socket.h>

#include "conntrack/connections.h"
#include "hostile_kernel.h"
#include "nat/nft_ruleset.h"
#include "nat/rule_record.h"

using namespace lvs;
using namespace lvs::nat;

namespace {

void readRules(const xtables::Family& family, Dialect dialect) {
  nftables::Connection connection;
  Detail detail;
  if (connection.open() != 0) return;
  NftRuleset ruleset(connection, family, dialect, dialect == Dialect::kNative);
  if (ruleset.load(Access::kWrite, &detail) != 0) return;
  hostile::Host host;
  host.results().begin(1);
  const std::vector<TakenRule> rules = ruleset.rules().all();
  for (const TakenRule& taken : rules) {
    const auto position = static_cast<uint32_t>(taken.position);
    writeRule(host.results(), taken.found.rule(),
              {taken.chain, position, taken.found.handle, taken.found.own}, family);
  }
  host.results().end(0);
  host.check();
  ruleset.chains();
  if (!rules.empty()) {
    ruleset.zero(1);
    ruleset.insert(rules[0].chain, 0, rules[0].found.what, 2, &detail);
    ruleset.remove({0, 0}, 3);
  }
  ruleset.flush(4);
  std::vector<nftables::Refusal> refusals;
  ruleset.commit(true, &refusals, &detail);
}

void readConnections(uint8_t family) {
  netlink::NetfilterSocket socket;
  if (socket.open() != 0) return;
  conntrack::Wanted wanted;
  wanted.family = family;
  wanted.destination = {10, 0, 0, 1};
  wanted.mask.fill(0xff);
  wanted.protocol = 6;
  wanted.port = 80;
  uint32_t dropped = 0;
  conntrack::drop(socket, wanted, &dropped);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  hostile::prepare(data[0], data + 2, size - 2);
  const bool ipv6 = (data[1] & 1) != 0;
  switch (data[1] >> 1 & 3) {
    case 0:
      readRules(ipv6 ? xtables::kIpv6 : xtables::kIpv4, Dialect::kCompat);
      break;
    case 1:
      readRules(ipv6 ? xtables::kIpv6 : xtables::kIpv4, Dialect::kNative);
      break;
    default:
      readConnections(ipv6 ? AF_INET6 : AF_INET);
  }
  return 0;
}
