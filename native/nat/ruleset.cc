#include "nat/ruleset.h"

namespace lvs::nat {

int64_t placeOf(const std::vector<FoundRule>& rules, std::string_view chain, uint32_t position) {
  size_t behind = rules.size();  // the last rule of the chain
  uint32_t count = 0;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].chain != chain) continue;
    if (rules[i].position == position) return static_cast<int64_t>(i);
    behind = i + 1;
    ++count;
  }
  return position == kLast || position == count ? static_cast<int64_t>(behind) : -1;
}

void renumber(std::vector<FoundRule>* rules) {
  std::string_view chain;
  uint32_t position = 0;
  for (FoundRule& rule : *rules) {
    if (rule.chain != chain) position = 0;
    chain = rule.chain;
    rule.position = position++;
  }
}

}  // namespace lvs::nat
