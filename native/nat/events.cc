#include "nat/events.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>

#include "nat/nft_ruleset.h"
#include "nat/rule_record.h"
#include "nftables/expression.h"
#include "records/record.h"

namespace lvs::nat {
namespace {

using nftables::Expression;

// All of these messages name their table by the same attribute.
static_assert(NFTA_TABLE_NAME == 1 && NFTA_CHAIN_TABLE == 1 && NFTA_RULE_TABLE == 1);

constexpr size_t eventField(const char* name) { return fieldIndex(kEventLayout, name); }

bool isRule(uint8_t type) { return type == NFT_MSG_NEWRULE || type == NFT_MSG_DELRULE; }

bool isTable(uint8_t type) {
  return type == NFT_MSG_NEWTABLE || type == NFT_MSG_DELTABLE || type == NFT_MSG_NEWCHAIN ||
         type == NFT_MSG_DELCHAIN;
}

Expression attributesOf(const netlink::Message& message) {
  return {{}, message.payload + sizeof(nfgenmsg), message.size - sizeof(nfgenmsg)};
}

}  // namespace

int Events::readEvent(const netlink::Message& message, netlink::Devices& /*devices*/,
                      ResultWriter& results) {
  const uint16_t type = message.header.nlmsg_type;
  if (type >> 8 != NFNL_SUBSYS_NFTABLES) return 0;
  if (message.size < sizeof(nfgenmsg)) return -EBADMSG;
  const auto kind = static_cast<uint8_t>(type);
  if (kind == NFT_MSG_NEWGEN) {
    commit(message, results);
    return 0;
  }
  const uint8_t family = load<nfgenmsg>(message.payload).nfgen_family;
  const Expression attributes = attributesOf(message);
  const std::optional<Dialect> dialect = dialectOf(attributes.text(NFTA_TABLE_NAME));
  const bool known = isRule(kind) || isTable(kind);
  if (!known || !dialect || (family != AF_INET && family != AF_INET6)) return 0;
  Record event(results.record(tableIndex_, kEventTable));
  const EventWord word = isRule(kind) ? EventWord::kRule : EventWord::kTable;
  event.put<uint8_t>(kEventTable, eventField("kind"), static_cast<uint8_t>(word));
  event.put<uint8_t>(kEventTable, eventField("removed"), kind == NFT_MSG_DELRULE ? 1 : 0);
  event.put<uint8_t>(kEventTable, eventField("family"), family);
  event.put<uint8_t>(kEventTable, eventField("native"), *dialect == Dialect::kNative ? 1 : 0);
  if (!isRule(kind)) return 0;
  const xtables::Family& words = family == AF_INET ? xtables::kIpv4 : xtables::kIpv6;
  const NftRule rule = readNftRule(attributes.data, attributes.size, words);
  writeRule(results, rule.rule, {iptablesChainName(*dialect, rule.chain), 0, rule.handle, rule.own},
            words);
  return 0;
}

void Events::commit(const netlink::Message& message, ResultWriter& results) {
  const Expression attributes = attributesOf(message);
  Record event(results.record(tableIndex_, kEventTable));
  event.put<uint8_t>(kEventTable, eventField("kind"), static_cast<uint8_t>(EventWord::kCommit));
  event.put(kEventTable, eventField("generation"), attributes.number(NFTA_GEN_ID));
  event.put(kEventTable, eventField("process"), attributes.number(NFTA_GEN_PROC_PID));
  const std::string_view name = attributes.text(NFTA_GEN_PROC_NAME);
  event.putText(kEventTable, eventField("processName"), name.data(), name.size());
  // The kernel marks what it announces with the port of the socket that asked for it.
  event.put<uint8_t>(kEventTable, eventField("self"),
                     message.header.nlmsg_pid == own_.port() ? 1 : 0);
}

}  // namespace lvs::nat
