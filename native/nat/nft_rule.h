// Rules of nf_tables in the plain words of x_tables, and back.
#pragma once

#include <string>
#include <vector>

#include "nftables/batch.h"
#include "xtables/rule.h"

namespace lvs::nat {

enum class Dialect {
  kCompat,  // as iptables-nft writes: x_tables' own matches and targets, so that it can list them
  kNative,  // without x_tables: for a table of our own
};

struct NftRule {
  uint64_t handle = 0;
  std::string table;
  std::string chain;
  xtables::Rule rule;
  bool own = false;  // carries our mark
};

// Writes a NEWRULE's expressions and what goes with them. 0, or -EINVAL with a reason. Its sets,
// which writePortSets() makes, are numbered from `firstSet` on.
int writeNftRule(nftables::Batch& batch, const xtables::Rule& rule, const xtables::Family& family,
                 Dialect dialect, uint32_t firstSet, const char** reason);

// The sets that a native rule needs, one for each list of ports, as messages of their own. Returns
// how many.
uint32_t writePortSets(nftables::Batch& batch, const xtables::Rule& rule, uint8_t family,
                       const char* table, uint32_t firstSet, size_t owner);

// Whether a native rule needs a set for it.
bool needsSet(const xtables::MultiportMatch& match);

// nft_compat wants to be told the protocol that a match or a target asks for; the kernel does not
// give it back.
void writeCompat(netlink::MessageWriter& writer, const xtables::Rule& rule);

// From the attributes of a rule. What has no word in x_tables makes the rule incomplete.
NftRule readNftRule(const uint8_t* attributes, size_t size, const xtables::Family& family);

}  // namespace lvs::nat
