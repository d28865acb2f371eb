#include "nat/rule_list.h"

#include "xtables/digest.h"

namespace lvs::nat {
namespace {

constexpr size_t kFewestSlots = 64;

bool isSame(const FoundRule& found, const DigestedRule& rule) {
  return found.what.digest == rule.digest && xtables::matches(found.rule(), *rule.rule);
}

}  // namespace

// A digest is not 0, which is a free slot.
DigestedRule::DigestedRule(xtables::Rule given)
    : rule(std::make_shared<const xtables::Rule>(std::move(given))),
      digest(xtables::digestOf(*rule) | 1) {}

void RuleList::clear() {
  chains_.clear();
  digests_.clear();
}

TakenRule RuleList::taken(RuleIndex index) const {
  return {at(index), chains_[index.chain].name, index.position};
}

std::vector<TakenRule> RuleList::all() const {
  std::vector<TakenRule> all;
  for (const RuleIndex index : indexes()) all.push_back(taken(index));
  return all;
}

std::vector<RuleIndex> RuleList::indexes() const {
  std::vector<RuleIndex> indexes;
  for (size_t chain = 0; chain < chains_.size(); ++chain) {
    for (size_t i = 0; i < chains_[chain].rules.size(); ++i) indexes.push_back({chain, i});
  }
  return indexes;
}

size_t RuleList::chain(std::string_view name) {
  RuleIndex index;
  if (known(name, &index) == nullptr) chains_.push_back({std::string(name), {}});
  return index.chain;
}

size_t RuleList::count(std::string_view chain) const {
  RuleIndex index;
  const ChainOfRules* found = known(chain, &index);
  return found == nullptr ? 0 : found->rules.size();
}

// The chain of that name; where there is none, its number would be that of index.
const ChainOfRules* RuleList::known(std::string_view name, RuleIndex* index) const {
  for (index->chain = 0; index->chain < chains_.size(); ++index->chain) {
    if (chains_[index->chain].name == name) return &chains_[index->chain];
  }
  return nullptr;
}

bool RuleList::find(std::string_view chain, const DigestedRule& rule, RuleIndex* index) const {
  if (!digests_.has(rule.digest)) return false;
  const ChainOfRules* found = known(chain, index);
  if (found == nullptr) return false;
  for (size_t i = 0; i < found->rules.size(); ++i) {
    if (!isSame(found->rules[i], rule)) continue;
    index->position = i;
    return true;
  }
  return false;
}

bool RuleList::findOwnFirst(std::string_view chain, const DigestedRule& rule,
                            RuleIndex* index) const {
  if (!find(chain, rule, index)) return false;
  const std::vector<FoundRule>& rules = chains_[index->chain].rules;
  for (size_t i = index->position; i < rules.size(); ++i) {
    if (!rules[i].own || !isSame(rules[i], rule)) continue;
    index->position = i;
    break;
  }
  return true;
}

bool RuleList::findHandle(std::string_view chain, uint64_t handle, RuleIndex* index) const {
  const ChainOfRules* found = known(chain, index);
  if (found == nullptr) return false;
  for (size_t i = 0; i < found->rules.size(); ++i) {
    if (found->rules[i].handle != handle) continue;
    index->position = i;
    return true;
  }
  return false;
}

void RuleList::insert(RuleIndex index, FoundRule rule) {
  digests_.add(rule.what.digest);
  std::vector<FoundRule>& rules = chains_[index.chain].rules;
  rules.insert(rules.begin() + static_cast<ptrdiff_t>(index.position), std::move(rule));
}

void RuleList::append(std::string_view name, FoundRule rule) {
  const size_t number = chain(name);
  insert({number, chains_[number].rules.size()}, std::move(rule));
}

void RuleList::erase(RuleIndex index) {
  std::vector<FoundRule>& rules = chains_[index.chain].rules;
  rules.erase(rules.begin() + static_cast<ptrdiff_t>(index.position));
}

void RuleList::zero(RuleIndex index) {
  DigestedRule& what = chains_[index.chain].rules[index.position].what;
  xtables::Rule zeroed = *what.rule;
  zeroed.counters = {};
  what.rule = std::make_shared<const xtables::Rule>(std::move(zeroed));
}

void RuleList::Digests::clear() {
  slots_.clear();
  count_ = 0;
}

size_t RuleList::Digests::slotOf(uint64_t digest) const {
  size_t slot = digest >> 1 & (slots_.size() - 1);
  while (slots_[slot] != 0 && slots_[slot] != digest) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

bool RuleList::Digests::has(uint64_t digest) const {
  return !slots_.empty() && slots_[slotOf(digest)] == digest;
}

void RuleList::Digests::add(uint64_t digest) {
  if (count_ * 2 >= slots_.size()) grow();
  uint64_t& slot = slots_[slotOf(digest)];
  if (slot == 0) ++count_;
  slot = digest;
}

void RuleList::Digests::grow() {
  std::vector<uint64_t> before(slots_.empty() ? kFewestSlots : slots_.size() * 2);
  before.swap(slots_);
  for (const uint64_t digest : before) {
    if (digest != 0) slots_[slotOf(digest)] = digest;
  }
}

}  // namespace lvs::nat
