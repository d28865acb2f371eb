#include "xtables/edit.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>

#include <algorithm>

#include "records/record.h"
#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

constexpr size_t kLongestChainName = XT_EXTENSION_MAXNAMELEN - 1;  // so that -j can name it

// Lets go of the chain that a rule jumps to.
void dropReference(Table* table, uint32_t index) {
  if (table->entries[index].link != Link::kChain) return;
  const auto target = static_cast<uint32_t>(verdictOf(table->at(index), *table->family));
  --chainStartingAt(*table, target)->references;
}

// Moves whatever points behind `at` by `delta` bytes. A verdict or a hook that points to `at`
// itself stays: it means the first rule of a chain, or the one that follows, and that is what lies
// there after the splice. A policy at `at` has been pushed back.
void moveOffsets(Table* table, uint32_t at, uint32_t delta) {
  for (uint32_t i = 0; i < table->entries.size(); ++i) {
    if (table->entries[i].link == Link::kNone) continue;
    const auto target = static_cast<uint32_t>(verdictOf(table->at(i), *table->family));
    if (target > at) setVerdict(table->at(i), *table->family, static_cast<int32_t>(target + delta));
  }
  for (size_t hook = 0; hook < kHookCount; ++hook) {
    if ((table->info.validHooks >> hook & 1) == 0) continue;
    if (table->info.hookEntry[hook] > at) table->info.hookEntry[hook] += delta;
    if (table->info.underflow[hook] >= at) table->info.underflow[hook] += delta;
  }
}

// Replaces `removed` entries from `index` on with the given ones, whose links are still to be set.
// Never removes a policy or the table's last entry, except as deleteChain() does.
void splice(Table* table, uint32_t index, uint32_t removed, const std::vector<uint8_t>& bytes,
            const std::vector<Entry>& added) {
  for (uint32_t i = 0; i < removed; ++i) dropReference(table, index + i);
  const uint32_t at = table->entries[index].offset;
  const uint32_t removedSize = table->entries[index + removed].offset - at;
  const auto delta = static_cast<uint32_t>(bytes.size()) - removedSize;  // wraps when it shrinks
  const auto shift = static_cast<uint32_t>(added.size()) - removed;      // likewise

  const auto place = table->bytes.begin() + at;
  const auto kept = std::min<ptrdiff_t>(removedSize, static_cast<ptrdiff_t>(bytes.size()));
  std::copy(bytes.begin(), bytes.begin() + kept, place);
  if (bytes.size() < removedSize) table->bytes.erase(place + kept, place + removedSize);
  if (bytes.size() > removedSize) {
    table->bytes.insert(place + kept, bytes.begin() + kept, bytes.end());
  }

  auto& entries = table->entries;
  entries.erase(entries.begin() + index, entries.begin() + index + removed);
  for (uint32_t i = index; i < entries.size(); ++i) entries[i].offset += delta;
  entries.insert(entries.begin() + index, added.begin(), added.end());
  uint32_t offset = at;
  for (uint32_t i = index; i < index + added.size(); ++i) {
    entries[i].offset = offset;
    offset += entries[i].size;
  }
  for (Chain& chain : table->chains) {
    if (chain.first > index) chain.first += shift;
    if (chain.policy >= index) chain.policy += shift;
  }
  moveOffsets(table, at, delta);
  table->info.entryCount = static_cast<uint32_t>(entries.size());
  table->edited = true;
}

// Points the verdict of a new entry to where its link says.
void setLink(Table* table, uint32_t index, const DetachedEntry& rule) {
  Entry& entry = table->entries[index];
  entry.link = rule.link;
  if (rule.link == Link::kNone) return;
  uint32_t target = entry.offset + entry.size;
  if (rule.link == Link::kChain) {
    Chain* chain = findChain(*table, rule.chain);
    target = table->entries[chain->first].offset;
    ++chain->references;
  }
  setVerdict(table->at(index), *table->family, static_cast<int32_t>(target));
}

// Whether the bytes may become a rule of this table.
int checkRule(const Table& table, const DetachedEntry& rule, const char** reason) {
  const Family& family = *table.family;
  const uint8_t* bytes = rule.bytes.data();
  if (checkEntry(bytes, rule.bytes.size(), family, reason) != 0) return -EINVAL;
  if (entrySizeOf(bytes, family) != rule.bytes.size()) {
    return fail(-EINVAL, reason, "the rule is not one entry");
  }
  const TargetKind kind = targetKindOf(bytes, family);
  if (kind == TargetKind::kError) return fail(-EINVAL, reason, "the target ERROR is no rule's");
  const bool standard = kind == TargetKind::kStandard;
  if (rule.link != Link::kNone && !standard) {
    return fail(-EINVAL, reason, "only a standard target can jump");
  }
  if (rule.link == Link::kNone && standard && verdictOf(bytes, family) >= 0) {
    return fail(-EINVAL, reason, "a verdict that is an offset needs a link");
  }
  if (rule.link == Link::kChain && findChain(table, rule.chain) == nullptr) {
    return fail(-ENOENT, reason, "the chain that the rule jumps to does not exist");
  }
  const bool fits = table.bytes.size() + rule.bytes.size() <= INT32_MAX;
  return fits ? 0 : fail(-EFBIG, reason, "the table would be larger than verdicts can reach");
}

int putRule(Table* table, uint32_t index, uint32_t removed, const DetachedEntry& rule) {
  Entry entry;
  entry.size = static_cast<uint16_t>(rule.bytes.size());
  splice(table, index, removed, rule.bytes, {entry});
  setLink(table, index, rule);
  return 0;
}

// Entry number of a rule.
int findRuleIndex(const Table& table, std::string_view chainName, uint32_t position,
                  uint32_t* index) {
  const Chain* chain = findChain(table, chainName);
  if (chain == nullptr) return -ENOENT;
  if (position >= chain->ruleCount()) return -ERANGE;
  *index = chain->first + position;
  return 0;
}

void zeroEntry(Table* table, uint32_t index) {
  setCounters(table->at(index), *table->family, {});
  CounterSource& source = table->entries[index].counterSource;
  if (source == CounterSource::kKept) source = CounterSource::kZeroed;
  table->edited = true;
}

int checkChainName(const Table& table, std::string_view name) {
  constexpr std::string_view kVerdicts[] = {"ACCEPT", "DROP", "RETURN", "QUEUE", "ERROR"};
  if (name.empty() || name[0] == '-' || name[0] == '!') return -EINVAL;
  if (name.size() > kLongestChainName) return -ENAMETOOLONG;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return -EINVAL;
  }
  if (std::find(std::begin(kVerdicts), std::end(kVerdicts), name) != std::end(kVerdicts)) {
    return -EINVAL;
  }
  return findChain(table, name) != nullptr ? -EEXIST : 0;
}

}  // namespace

int insertRule(Table* table, std::string_view chainName, uint32_t position,
               const DetachedEntry& rule, const char** reason) {
  const Chain* chain = findChain(*table, chainName);
  if (chain == nullptr) return -ENOENT;
  if (position == kAppend) position = chain->ruleCount();
  if (position > chain->ruleCount()) return -ERANGE;
  const int result = checkRule(*table, rule, reason);
  return result != 0 ? result : putRule(table, chain->first + position, 0, rule);
}

int replaceRule(Table* table, std::string_view chain, uint32_t position, const DetachedEntry& rule,
                const char** reason) {
  uint32_t index = 0;
  int result = findRuleIndex(*table, chain, position, &index);
  if (result == 0) result = checkRule(*table, rule, reason);
  return result != 0 ? result : putRule(table, index, 1, rule);
}

int deleteRule(Table* table, std::string_view chain, uint32_t position) {
  uint32_t index = 0;
  const int result = findRuleIndex(*table, chain, position, &index);
  if (result != 0) return result;
  splice(table, index, 1, {}, {});
  return 0;
}

int flushChain(Table* table, std::string_view chainName) {
  const Chain* chain = findChain(*table, chainName);
  if (chain == nullptr) return -ENOENT;
  if (chain->ruleCount() != 0) splice(table, chain->first, chain->ruleCount(), {}, {});
  return 0;
}

void flushTable(Table* table) {
  // One pass instead of a splice for every chain: without rules there are no verdicts to move.
  std::vector<uint8_t> bytes;
  std::vector<Entry> entries;
  for (uint32_t i = 0; i < table->entries.size(); ++i) {
    if (table->entries[i].kind == EntryKind::kRule) continue;
    entries.push_back(table->entries[i]);
    entries.back().offset = static_cast<uint32_t>(bytes.size());
    bytes.insert(bytes.end(), table->at(i), table->at(i) + table->entries[i].size);
  }
  if (entries.size() == table->entries.size()) return;
  uint32_t removed = 0;
  for (Chain& chain : table->chains) {
    chain.first -= removed;
    removed += chain.policy - removed - chain.first;
    chain.policy = chain.first;
    chain.references = 0;
    if (!chain.builtin()) continue;
    const auto hook = static_cast<size_t>(chain.hook);
    table->info.hookEntry[hook] = table->info.underflow[hook] = entries[chain.policy].offset;
  }
  table->bytes = std::move(bytes);
  table->entries = std::move(entries);
  table->info.entryCount = static_cast<uint32_t>(table->entries.size());
  table->edited = true;
}

int zeroRule(Table* table, std::string_view chain, uint32_t position) {
  uint32_t index = 0;
  const int result = findRuleIndex(*table, chain, position, &index);
  if (result == 0) zeroEntry(table, index);
  return result;
}

int zeroChain(Table* table, std::string_view chainName) {
  const Chain* chain = findChain(*table, chainName);
  if (chain == nullptr) return -ENOENT;
  for (uint32_t i = chain->first; i <= chain->policy; ++i) zeroEntry(table, i);
  return 0;
}

void zeroTable(Table* table) {
  for (uint32_t i = 0; i < table->entries.size(); ++i) zeroEntry(table, i);
}

int setPolicy(Table* table, std::string_view chainName, int32_t verdict) {
  const Chain* chain = findChain(*table, chainName);
  if (chain == nullptr) return -ENOENT;
  if (!chain->builtin() || (verdict != -1 - NF_ACCEPT && verdict != -1 - NF_DROP)) return -EINVAL;
  uint8_t* entry = table->at(chain->policy);
  if (verdictOf(entry, *table->family) == verdict) return 0;
  setVerdict(entry, *table->family, verdict);
  table->edited = true;
  return 0;
}

int newChain(Table* table, std::string_view name) {
  const int result = checkChainName(*table, name);
  if (result != 0) return result;
  const std::vector<uint8_t> head = makeErrorEntry(*table->family, name);
  const std::vector<uint8_t> policy = makeStandardEntry(*table->family, XT_RETURN);
  std::vector<uint8_t> bytes = head;
  bytes.insert(bytes.end(), policy.begin(), policy.end());
  if (table->bytes.size() + bytes.size() > INT32_MAX) return -EFBIG;
  std::vector<Entry> entries(2);
  entries[0].size = static_cast<uint16_t>(head.size());
  entries[0].kind = EntryKind::kChainHead;
  entries[1].size = static_cast<uint16_t>(policy.size());
  entries[1].kind = EntryKind::kPolicy;
  const auto index = static_cast<uint32_t>(table->entries.size() - 1);
  splice(table, index, 0, bytes, entries);
  Chain chain;
  chain.name = name;
  chain.first = index + 1;
  chain.policy = index + 1;
  table->chains.push_back(std::move(chain));
  return 0;
}

int renameChain(Table* table, std::string_view chainName, std::string_view name) {
  Chain* chain = findChain(*table, chainName);
  if (chain == nullptr) return -ENOENT;
  if (chain->builtin()) return -EINVAL;
  const int result = checkChainName(*table, name);
  if (result != 0) return result;
  chain->name = name;
  setErrorName(table->at(chain->start()), *table->family, name);
  table->edited = true;
  return 0;
}

int deleteChain(Table* table, std::string_view chainName) {
  const Chain* chain = findChain(*table, chainName);
  if (chain == nullptr) return -ENOENT;
  if (chain->builtin()) return -EINVAL;
  if (chain->ruleCount() != 0) return -ENOTEMPTY;
  if (chain->references != 0) return -EBUSY;
  const uint32_t start = chain->start();
  table->chains.erase(table->chains.begin() + (chain - table->chains.data()));
  splice(table, start, 2, {}, {});
  return 0;
}

}  // namespace lvs::xtables
