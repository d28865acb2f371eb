// Rules in plain words, from and to the records of rule_tables.h.
#pragma once

#include "records/block.h"
#include "xtables/rule.h"

namespace lvs::nat {

// Where a rule was found.
struct RulePlace {
  std::string_view chain;
  uint32_t position = 0;
  uint64_t handle = 0;  // 0: has none
  bool own = false;
};

void writeRule(ResultWriter& results, const xtables::Rule& rule, const RulePlace& place,
               const xtables::Family& family);

// Reads the blocks from the next rule's record on, up to another's. 0, or -EINVAL.
int readRule(BlockReader* blocks, xtables::Rule* rule);

}  // namespace lvs::nat
