#include "nat/probe.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/socket.h>

#include "nftables/expression.h"

namespace lvs::nat {
namespace {

bool hasIptablesChain(nftables::Connection& connection, uint8_t family) {
  bool found = false;
  connection.list(
      NFT_MSG_GETCHAIN, family, [](netlink::MessageWriter&) {},
      [&](const uint8_t* attributes, size_t size) {
        const nftables::Expression chain = {{}, attributes, size};
        netlink::Attribute hook;
        if (chain.text(NFTA_CHAIN_TABLE) == "nat" &&
            netlink::findAttribute(attributes, size, NFTA_CHAIN_HOOK, &hook)) {
          found = true;
        }
      });
  return found;
}

}  // namespace

Sight lookAround(nftables::Connection& connection) {
  Sight sight;
  sight.legacyIpv4 = xtables::tableInUse(xtables::kIpv4, "nat") == 1;
  sight.legacyIpv6 = xtables::tableInUse(xtables::kIpv6, "nat") == 1;
  uint32_t generation = 0;
  sight.nftError = connection.open();
  if (sight.nftError == 0) sight.nftError = connection.generation(&generation);
  if (sight.nftError != 0) return sight;
  sight.nftIpv4 = hasIptablesChain(connection, AF_INET);
  sight.nftIpv6 = hasIptablesChain(connection, AF_INET6);
  return sight;
}

int probeLegacy(LegacySockets& sockets, const xtables::Family& family, Detail* detail) {
  const int socket = sockets.of(family);
  if (socket < 0) {
    detail->reason = "socket";
    return socket;
  }
  if (!legacyLoaded(family)) loadLegacyModule(socket, family);
  if (!legacyLoaded(family)) return -ENOPROTOOPT;
  xtables::Extension redirect;
  redirect.name = "REDIRECT";
  return xtables::supports(socket, family, redirect, true);
}

int probeRuleset(Ruleset& ruleset, Detail* detail) {
  if (const int error = ruleset.load(Access::kTry, detail)) return error;
  xtables::Rule rule;
  rule.target = xtables::Redirect{};
  const DigestedRule redirect(std::move(rule));
  if (const int error = ruleset.insert("PREROUTING", kLast, redirect, 0, detail)) return error;
  std::vector<nftables::Refusal> refusals;
  const int error = ruleset.commit(false, &refusals, detail);
  if (error != -ECANCELED || refusals.empty()) return error;
  detail->kernelMessage = refusals[0].kernelMessage;
  detail->field = refusals[0].field;
  return refusals[0].error;
}

}  // namespace lvs::nat
