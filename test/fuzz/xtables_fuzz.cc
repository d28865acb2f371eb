// libFuzzer: bytes that claim to be a table. What parse() accepts has to stay a table through
// every edit, and every rule in it has to be readable.
//
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "xtables/edit.h"
#include "xtables/rule.h"
#include "xtables/table.h"

using namespace lvs::xtables;

namespace {

constexpr size_t kHeaderSize = 2 + 2 * kHookCount * sizeof(uint16_t) + 1;

// Family, hooks, places and number of entries from the front of the input. The places are small
// numbers of 8-byte units: most values then are near something.
TableInfo infoFrom(const uint8_t* data) {
  TableInfo info;
  info.name = "fuzz";
  info.validHooks = data[1];
  for (size_t hook = 0; hook < kHookCount; ++hook) {
    uint16_t entry;
    uint16_t underflow;
    memcpy(&entry, data + 2 + hook * 4, sizeof entry);
    memcpy(&underflow, data + 4 + hook * 4, sizeof underflow);
    info.hookEntry[hook] = entry * 8U;
    info.underflow[hook] = underflow * 8U;
  }
  info.entryCount = data[kHeaderSize - 1];
  return info;
}

void demand(bool condition) {
  if (!condition) abort();
}

// An input that parses: the INPUT hook's chain, a user chain that it jumps to, a rule with a match.
std::vector<uint8_t> seed(const Family& family) {
  std::vector<uint8_t> bytes = makeStandardEntry(family, -2);
  const std::vector<uint8_t> end = makeErrorEntry(family, "ERROR");
  bytes.insert(bytes.end(), end.begin(), end.end());
  TableInfo info;
  info.validHooks = 2;
  info.entryCount = 2;
  Table table;
  const char* reason = nullptr;
  demand(parse(bytes.data(), bytes.size(), family, info, &table, &reason) == 0);
  demand(newChain(&table, "user") == 0);
  Rule rule;
  rule.header.protocol = ProtocolMatch{6};
  rule.matches = {TcpMatch{}, MultiportMatch{{}, {{1, 2}}, false}, MarkMatch{}};
  for (const Target& target : {Target(Jump{"user"}), Target(Redirect{}), Target(NoTarget{})}) {
    rule.target = target;
    DetachedEntry entry;
    demand(buildRule(rule, family, &entry, &reason) == 0);
    demand(insertRule(&table, "INPUT", kAppend, entry, &reason) == 0);
  }
  std::vector<uint8_t> input(kHeaderSize);
  input[0] = &family == &kIpv4 ? 0 : 1;
  input[1] = 2;
  const auto underflow = static_cast<uint16_t>(table.info.underflow[1] / 8);
  memcpy(input.data() + 2 + 1 * 4 + 2, &underflow, sizeof underflow);
  input[kHeaderSize - 1] = static_cast<uint8_t>(table.info.entryCount);
  input.insert(input.end(), table.bytes.begin(), table.bytes.end());
  return input;
}

void demandConsistent(const Table& table) {
  Table fresh;
  const char* reason = nullptr;
  demand(parse(table.bytes.data(), table.bytes.size(), *table.family, table.info, &fresh,
               &reason) == 0);
  demand(fresh.entries.size() == table.entries.size());
  demand(fresh.chains.size() == table.chains.size());
  for (size_t i = 0; i < fresh.chains.size(); ++i) {
    demand(fresh.chains[i].name == table.chains[i].name);
    demand(fresh.chains[i].first == table.chains[i].first);
    demand(fresh.chains[i].policy == table.chains[i].policy);
    demand(fresh.chains[i].references == table.chains[i].references);
  }
}

// What can be built again from reading it must read the same.
void rebuildRules(Table* table) {
  const char* reason = nullptr;
  for (size_t i = 0; i < table->chains.size(); ++i) {
    const std::string name = table->chains[i].name;
    for (uint32_t position = 0; position < table->chains[i].ruleCount(); ++position) {
      const uint32_t index = table->chains[i].first + position;
      const Rule rule = readRule(*table, index);
      DetachedEntry entry;
      if (buildRule(rule, *table->family, &entry, &reason) != 0) entry = detach(*table, index);
      demand(replaceRule(table, name, position, entry, &reason) == 0);
      if (rule.complete) demand(matches(rule, readRule(*table, index)));
    }
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

// Nothing that is mutated from nothing becomes a table, so a corpus starts with one.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most,
                                          unsigned number) {
  if (size >= kHeaderSize) return LLVMFuzzerMutate(data, size, most);
  const std::vector<uint8_t> made = seed(number % 2 == 0 ? kIpv4 : kIpv6);
  if (made.size() > most) return LLVMFuzzerMutate(data, size, most);
  memcpy(data, made.data(), made.size());
  return made.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kHeaderSize) return 0;
  const Family& family = (data[0] & 1) == 0 ? kIpv4 : kIpv6;
  Table table;
  const char* reason = nullptr;
  if (parse(data + kHeaderSize, size - kHeaderSize, family, infoFrom(data), &table, &reason) != 0) {
    demand(reason != nullptr);
    return 0;
  }
  rebuildRules(&table);
  demandConsistent(table);
  newChain(&table, "fuzz-made");
  for (size_t i = table.chains.size(); i-- > 0;) {
    const std::string name = table.chains[i].name;
    if (table.chains[i].ruleCount() != 0) {
      insertRule(&table, "fuzz-made", 0, detach(table, table.chains[i].first), &reason);
    }
    deleteRule(&table, name, 0);
    deleteChain(&table, name);
  }
  demandConsistent(table);
  flushTable(&table);
  demandConsistent(table);
  return 0;
}
