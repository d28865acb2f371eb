#include "xtables/rule.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>

#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

static_assert(-1 - NF_DROP == static_cast<int>(Verdict::kDrop) &&
              -1 - NF_ACCEPT == static_cast<int>(Verdict::kAccept) &&
              -1 - NF_QUEUE == static_cast<int>(Verdict::kQueue) &&
              XT_RETURN == static_cast<int>(Verdict::kReturn));

Target readTarget(const Table& table, uint32_t index) {
  const Family& family = *table.family;
  const uint8_t* entry = table.at(index);
  switch (table.entries[index].link) {
    case Link::kChain: {
      const auto offset = static_cast<uint32_t>(verdictOf(entry, family));
      return Jump{chainStartingAt(table, offset)->name};
    }
    case Link::kNext:
      return NoTarget{};
    case Link::kNone:
      break;
  }
  if (targetKindOf(entry, family) == TargetKind::kStandard) {
    return static_cast<Verdict>(verdictOf(entry, family));
  }
  return readModuleTarget(targetOf(entry, family), family);
}

// Appends one kind of target or another.
struct TargetWriter {
  uint8_t protocol;
  const Family& family;
  DetachedEntry* entry;
  const char** reason;

  int write(const NoTarget& /*target*/) const { return writeStandard(Link::kNext, 0); }
  int write(const Verdict& verdict) const {
    return writeStandard(Link::kNone, static_cast<int32_t>(verdict));
  }
  int write(const Jump& jump) const {
    entry->chain = jump.chain;
    return writeStandard(Link::kChain, 0);
  }
  int write(const Redirect& redirect) const {
    return writeRedirect(redirect, protocol, family, &entry->bytes, reason);
  }
  int write(const OpaqueExtension& extension) const {
    return writeOpaque(extension, &entry->bytes, reason);
  }

  // Where a link leads is filled in when the entry has its place in a table.
  int writeStandard(Link link, int32_t verdict) const {
    entry->link = link;
    appendExtension(entry->bytes, XT_STANDARD_TARGET, 0, &verdict, sizeof verdict);
    return 0;
  }
};

}  // namespace

Rule readRule(const Table& table, uint32_t index) {
  const uint8_t* entry = table.at(index);
  Rule rule;
  rule.complete = readHeader(entry, *table.family, &rule.header);
  for (const Extension& match : matchesOf(entry, *table.family)) {
    rule.matches.push_back(readMatch(match));
  }
  rule.target = readTarget(table, index);
  rule.counters = countersOf(entry, *table.family);
  return rule;
}

int buildRule(const Rule& rule, const Family& family, DetachedEntry* entry, const char** reason) {
  if (!rule.complete) {
    return fail(-EINVAL, reason,
                "the rule was read from an entry that says more than can be written");
  }
  if (rule.header.isGoto && !std::holds_alternative<Jump>(rule.target)) {
    return fail(-EINVAL, reason, "only a jump can be a goto");
  }
  *entry = DetachedEntry();
  entry->bytes.resize(family.entrySize);
  int result = writeHeader(rule.header, family, entry->bytes.data(), reason);
  const auto& wanted = rule.header.protocol;
  const uint8_t protocol = wanted && !wanted->inverted ? wanted->number : 0;
  for (size_t i = 0; result == 0 && i < rule.matches.size(); ++i) {
    result = writeMatch(rule.matches[i], protocol, &entry->bytes, reason);
  }
  const size_t targetOffset = entry->bytes.size();
  const TargetWriter writer = {protocol, family, entry, reason};
  if (result == 0) {
    result = std::visit([&](const auto& target) { return writer.write(target); }, rule.target);
  }
  if (result == 0) result = sealEntry(entry->bytes, family, targetOffset);
  if (result == 0) setCounters(entry->bytes.data(), family, rule.counters);
  return result;
}

bool matches(const Rule& a, const Rule& b) {
  return a.complete && b.complete && a.header == b.header && a.matches == b.matches &&
         a.target == b.target;
}

int findRule(const Table& table, std::string_view chainName, const Rule& rule, uint32_t from,
             uint32_t* position) {
  const Chain* chain = findChain(table, chainName);
  if (chain == nullptr) return -ENOENT;
  for (uint32_t i = from; i < chain->ruleCount(); ++i) {
    if (matches(readRule(table, chain->first + i), rule)) {
      *position = i;
      return 0;
    }
  }
  return -ENOENT;
}

}  // namespace lvs::xtables
