// A rule in plain words: from and to the bytes of an entry, and compared by meaning.
#pragma once

#include <string_view>
#include <vector>

#include "xtables/extensions.h"
#include "xtables/rule_header.h"
#include "xtables/table.h"

namespace lvs::xtables {

struct Rule {
  RuleHeader header;
  std::vector<Match> matches;
  Target target;
  Counters counters;
  // False when the header of the entry says something that has no word here. Such a rule can be
  // shown, moved and deleted by position, but is equal to none and is not built.
  bool complete = true;
};

// The rule at an entry's number; see Chain for which entries are rules.
Rule readRule(const Table& table, uint32_t index);

// 0, -EINVAL with a reason, or -EMSGSIZE: an entry is at most 64 KiB.
int buildRule(const Rule& rule, const Family& family, DetachedEntry* entry, const char** reason);

// Whether two rules do the same. Counters don't matter; the order of the matches does, as it does
// for `iptables -D`.
bool matches(const Rule& a, const Rule& b);

// Position of the first such rule in the chain at or after `from`, or -ENOENT.
int findRule(const Table& table, std::string_view chain, const Rule& rule, uint32_t from,
             uint32_t* position);

}  // namespace lvs::xtables
