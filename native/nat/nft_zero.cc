// Counters of nf_tables' rules and policies, set to zero.
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include "nat/nft_ruleset.h"
#include "nftables/expression.h"

namespace lvs::nat {

using netlink::Attribute;
using nftables::be64;

// Has the policy count from zero on, which nf_tables does only when it is told so.
void NftRuleset::writeChainCounters() {
  netlink::MessageWriter& writer = batch().writer();
  const size_t counters = writer.openNest(NFTA_CHAIN_COUNTERS);
  be64(writer, NFTA_COUNTER_PACKETS, 0);
  be64(writer, NFTA_COUNTER_BYTES, 0);
  writer.closeNest(counters);
}

// nf_tables has no way to set a counter: the rule is replaced by itself with a new one. Whatever is
// not ours or not understood stays as it is. A set can't be shared with the old rule: ours are made
// anew, and what has one of somebody else's keeps its counters.
int NftRuleset::zeroRule(RuleIndex index, size_t owner) {
  const FoundRule& found = rules_.at(index);
  const bool again = dialect_ == Dialect::kNative && found.own && found.rule().complete;
  if (!again && hasOwnSet(found)) return 0;
  rules_.zero(index);
  if (found.attributesSize == 0) return 0;  // added by this transaction
  const nftables::Batch::Point before = batch().point();
  const xtables::Rule& rule = found.rule();
  const uint32_t firstSet = nextId_;
  if (again) nextId_ += writePortSets(batch(), rule, nfFamily(), tableName(), firstSet, owner);
  batch().begin(NFT_MSG_NEWRULE, NLM_F_REPLACE, nfFamily(), owner);
  netlink::MessageWriter& writer = batch().writer();
  writer.text(NFTA_RULE_TABLE, tableName());
  writer.text(NFTA_RULE_CHAIN, chainName(rules_.chains()[index.chain].name).c_str());
  be64(writer, NFTA_RULE_HANDLE, found.handle);
  const char* reason = nullptr;
  if (!again) {
    writeZeroed(found);
  } else if (const int error = writeNftRule(batch(), rule, family_, dialect_, firstSet, &reason)) {
    batch().backTo(before);
    return error;
  }
  batch().end();
  return 0;
}

bool NftRuleset::hasOwnSet(const FoundRule& found) const {
  Attribute list;
  return netlink::findAttribute(attributes_.data() + found.attributes, found.attributesSize,
                                NFTA_RULE_EXPRESSIONS, &list) &&
         nftables::asksAnonymousSet(list.data, list.size);
}

// The rule as it was read, but for its counters.
void NftRuleset::writeZeroed(const FoundRule& found) {
  netlink::MessageWriter& writer = batch().writer();
  const uint8_t* attributes = attributes_.data() + found.attributes;
  Attribute part;
  if (netlink::findAttribute(attributes, found.attributesSize, NFTA_RULE_EXPRESSIONS, &part)) {
    nftables::writeZeroed(writer, part.data, part.size);
  }
  if (dialect_ == Dialect::kCompat) writeCompat(writer, found.rule());
  if (netlink::findAttribute(attributes, found.attributesSize, NFTA_RULE_USERDATA, &part)) {
    writer.attribute(NFTA_RULE_USERDATA, part.data, part.size);
  }
}

void NftRuleset::zeroPolicy(Chain* chain, size_t owner) {
  chain->counters = {};
  batch().begin(NFT_MSG_NEWCHAIN, 0, nfFamily(), owner);
  batch().writer().text(NFTA_CHAIN_TABLE, tableName());
  batch().writer().text(NFTA_CHAIN_NAME, chain->name.c_str());
  writeChainCounters();
  batch().end();
}

int NftRuleset::zero(size_t owner) {
  if (owned_ && !chains_.empty()) makeTable(owner);
  for (const RuleIndex index : rules_.indexes()) {
    if (const int error = zeroRule(index, owner)) return error;
  }
  for (Chain& chain : chains_) {
    if (chain.base) zeroPolicy(&chain, owner);
  }
  return 0;
}

}  // namespace lvs::nat
