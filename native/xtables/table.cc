#include "xtables/table.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>

#include <algorithm>

#include "records/record.h"
#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

static_assert(kHookCount == NF_INET_NUMHOOKS);
constexpr uint32_t kNone = UINT32_MAX;

class Parser {
 public:
  Parser(Table* table, const char** reason) : table_(*table), reason_(reason) {}

  int run();

 private:
  int bad(const char* text) { return fail(-EBADMSG, reason_, text); }
  int indexEntries();
  int takeEntry(uint32_t index);
  int takeHead(uint32_t index);
  int takeRule(uint32_t index);
  void openChain(uint32_t index, int hook, std::string_view name);
  int closeUserChain();
  bool isPolicy(uint32_t index) const;
  int hookStartingAt(uint32_t offset) const;
  int resolveLink(uint32_t index);
  int checkNames();

  Table& table_;
  const char** reason_;
  bool open_ = false;  // the last chain still takes rules
};

int Parser::run() {
  int result = indexEntries();
  for (uint32_t i = 0; result == 0 && i < table_.entries.size(); ++i) result = takeEntry(i);
  if (result != 0) return result;
  uint32_t hooks = 0;
  for (const Chain& chain : table_.chains) hooks |= chain.builtin() ? 1U << chain.hook : 0;
  if (hooks != table_.info.validHooks) return bad("a hook has no chain");
  for (uint32_t i = 0; result == 0 && i < table_.entries.size(); ++i) result = resolveLink(i);
  return result != 0 ? result : checkNames();
}

int Parser::indexEntries() {
  const size_t size = table_.bytes.size();
  if (size > INT32_MAX) return bad("the table is larger than verdicts can reach");
  for (size_t offset = 0; offset < size;) {
    const uint8_t* bytes = table_.bytes.data() + offset;
    const int result = checkEntry(bytes, size - offset, *table_.family, reason_);
    if (result != 0) return result;
    Entry entry;
    entry.offset = static_cast<uint32_t>(offset);
    entry.size = entrySizeOf(bytes, *table_.family);
    entry.counterSource = CounterSource::kKept;
    entry.loadedIndex = static_cast<uint32_t>(table_.entries.size());
    table_.entries.push_back(entry);
    offset += entry.size;
  }
  if (table_.entries.empty() || table_.entries.size() != table_.info.entryCount) {
    return bad("the table has more or fewer entries than announced");
  }
  return 0;
}

int Parser::takeEntry(uint32_t index) {
  const int hook = hookStartingAt(table_.entries[index].offset);
  const bool error = targetKindOf(table_.at(index), *table_.family) == TargetKind::kError;
  if (hook != kNoHook || error) {
    if (open_ && table_.chains.back().builtin()) {
      return bad("a builtin chain doesn't end in its policy");
    }
    const int result = closeUserChain();
    if (result != 0) return result;
  }
  if (error) return hook == kNoHook ? takeHead(index) : bad("a hook calls no rule");
  if (index + 1 == table_.entries.size()) return bad("the table has no last entry");
  if (hook != kNoHook) openChain(index, hook, builtinName(hook));
  return open_ ? takeRule(index) : bad("a rule is in no chain");
}

int Parser::takeHead(uint32_t index) {
  const uint8_t* bytes = table_.at(index);
  if (hasMatches(bytes, *table_.family)) return bad("the head of a chain has matches");
  const bool last = index + 1 == table_.entries.size();
  table_.entries[index].kind = last ? EntryKind::kEnd : EntryKind::kChainHead;
  if (!last) openChain(index + 1, kNoHook, errorNameOf(bytes, *table_.family));
  return 0;
}

int Parser::takeRule(uint32_t index) {
  Entry& entry = table_.entries[index];
  Chain& chain = table_.chains.back();
  if (!chain.builtin()) {
    chain.policy = index;  // until another rule follows
    return 0;
  }
  if (entry.offset != table_.info.underflow[static_cast<size_t>(chain.hook)]) return 0;
  if (!isPolicy(index)) return bad("the policy of a builtin chain is not one");
  entry.kind = EntryKind::kPolicy;
  chain.policy = index;
  open_ = false;
  return 0;
}

void Parser::openChain(uint32_t index, int hook, std::string_view name) {
  Chain chain;
  chain.name = name;
  chain.hook = hook;
  chain.first = index;
  chain.policy = kNone;
  table_.chains.push_back(std::move(chain));
  open_ = true;
}

int Parser::closeUserChain() {
  if (!open_) return 0;
  const uint32_t policy = table_.chains.back().policy;
  if (policy == kNone || !isPolicy(policy) ||
      verdictOf(table_.at(policy), *table_.family) != XT_RETURN) {
    return bad("a user chain doesn't end in RETURN");
  }
  table_.entries[policy].kind = EntryKind::kPolicy;
  open_ = false;
  return 0;
}

bool Parser::isPolicy(uint32_t index) const {
  const Family& family = *table_.family;
  const uint8_t* entry = table_.at(index);
  return !hasMatches(entry, family) && targetKindOf(entry, family) == TargetKind::kStandard &&
         verdictOf(entry, family) < 0 &&
         std::all_of(entry, entry + family.packetMatchSize, [](uint8_t b) { return b == 0; });
}

int Parser::hookStartingAt(uint32_t offset) const {
  for (size_t i = 0; i < kHookCount; ++i) {
    if ((table_.info.validHooks >> i & 1) != 0 && table_.info.hookEntry[i] == offset) {
      return static_cast<int>(i);
    }
  }
  return kNoHook;
}

int Parser::resolveLink(uint32_t index) {
  Entry& entry = table_.entries[index];
  if (targetKindOf(table_.at(index), *table_.family) != TargetKind::kStandard) return 0;
  const int32_t verdict = verdictOf(table_.at(index), *table_.family);
  if (verdict < 0) return 0;
  const auto target = static_cast<uint32_t>(verdict);
  if (target == entry.offset + entry.size) {
    entry.link = Link::kNext;
    return 0;
  }
  Chain* chain = chainStartingAt(table_, target);
  if (chain == nullptr) return bad("a rule jumps to where no chain starts");
  entry.link = Link::kChain;
  ++chain->references;
  return 0;
}

int Parser::checkNames() {
  std::vector<std::string_view> names;
  names.reserve(table_.chains.size());
  for (const Chain& chain : table_.chains) names.push_back(chain.name);
  std::sort(names.begin(), names.end());
  if (!names.empty() && names.front().empty()) return bad("a chain has no name");
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return bad("two chains have the same name");
  }
  return 0;
}

}  // namespace

int parse(const uint8_t* data, size_t size, const Family& family, const TableInfo& info,
          Table* table, const char** reason) {
  *table = Table();
  table->family = &family;
  table->info = info;
  if (size != 0) table->bytes.assign(data, data + size);
  const int result = Parser(table, reason).run();
  if (result != 0) return result;
  table->loadedInfo = table->info;
  table->loadedBytes = table->bytes;
  table->loadedCounters.reserve(table->entries.size());
  for (uint32_t i = 0; i < table->entries.size(); ++i) {
    table->loadedCounters.push_back(countersOf(table->at(i), family));
  }
  return 0;
}

const Chain* findChain(const Table& table, std::string_view name) {
  for (const Chain& chain : table.chains) {
    if (chain.name == name) return &chain;
  }
  return nullptr;
}

Chain* findChain(Table& table, std::string_view name) {
  return const_cast<Chain*>(findChain(static_cast<const Table&>(table), name));
}

const Chain* chainStartingAt(const Table& table, uint32_t offset) {
  const auto found = std::lower_bound(table.chains.begin(), table.chains.end(), offset,
                                      [&](const Chain& chain, uint32_t wanted) {
                                        return table.entries[chain.first].offset < wanted;
                                      });
  if (found == table.chains.end() || table.entries[found->first].offset != offset) return nullptr;
  return &*found;
}

Chain* chainStartingAt(Table& table, uint32_t offset) {
  return const_cast<Chain*>(chainStartingAt(static_cast<const Table&>(table), offset));
}

std::string_view builtinName(int hook) {
  constexpr std::string_view kNames[kHookCount] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
                                                   "POSTROUTING"};
  return kNames[hook];
}

DetachedEntry detach(const Table& table, uint32_t index) {
  const Entry& entry = table.entries[index];
  DetachedEntry detached;
  detached.bytes.assign(table.at(index), table.at(index) + entry.size);
  detached.link = entry.link;
  if (entry.link == Link::kChain) {
    const auto target = static_cast<uint32_t>(verdictOf(table.at(index), *table.family));
    detached.chain = chainStartingAt(table, target)->name;
  }
  return detached;
}

}  // namespace lvs::xtables
