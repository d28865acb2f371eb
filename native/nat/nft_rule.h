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

// Writes a NEWRULE's expressions and what goes with them. 0, or -EINVAL with a reason.
int writeNftRule(nftables::Batch& batch, const xtables::Rule& rule, const xtables::Family& family,
                 Dialect dialect, const char** reason);

// From the attributes of a rule. What has no word in x_tables makes the rule incomplete.
NftRule readNftRule(const uint8_t* attributes, size_t size, const xtables::Family& family);

}  // namespace lvs::nat
