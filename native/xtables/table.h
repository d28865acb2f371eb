// A table in memory: the kernel's own bytes, and an index over them that is always what parsing the
// bytes afresh would give.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "xtables/entry.h"
#include "xtables/family.h"

namespace lvs::xtables {

constexpr size_t kHookCount = 5;  // NF_INET_NUMHOOKS
constexpr int kNoHook = -1;

// What the kernel tells of a table besides its entries. The places are byte offsets.
struct TableInfo {
  std::string name;
  uint32_t validHooks = 0;
  std::array<uint32_t, kHookCount> hookEntry{};
  std::array<uint32_t, kHookCount> underflow{};
  uint32_t entryCount = 0;
};

enum class EntryKind : uint8_t {
  kRule,
  kPolicy,     // the last of a chain: the policy of a builtin one, the RETURN of a user's
  kChainHead,  // the error target that names a user chain
  kEnd,        // the last of the table
};

// Where a verdict that isn't negative leads.
enum class Link : uint8_t {
  kNone,
  kNext,   // to the entry behind: a rule without a target
  kChain,  // to the first rule of a chain
};

// Where the counters of an entry come from when the table is written.
enum class CounterSource : uint8_t {
  kEntry,   // its own bytes: new rules
  kKept,    // the kernel's, as they are at that moment
  kZeroed,  // the kernel's, less what was read: packets counted since then aren't lost
};

struct Entry {
  uint32_t offset = 0;
  uint16_t size = 0;
  EntryKind kind = EntryKind::kRule;
  Link link = Link::kNone;
  CounterSource counterSource = CounterSource::kEntry;
  uint32_t loadedIndex = 0;  // its number in the table as loaded, unless the source is kEntry
};

// The rules of a chain are the entries from `first` up to, without it, `policy`.
struct Chain {
  std::string name;
  int hook = kNoHook;
  uint32_t first = 0;
  uint32_t policy = 0;
  uint32_t references = 0;  // rules that jump or go to it

  bool builtin() const { return hook != kNoHook; }
  uint32_t ruleCount() const { return policy - first; }
  uint32_t start() const { return builtin() ? first : first - 1; }  // with the chain's head
};

struct Table {
  const Family* family = nullptr;
  TableInfo info;
  std::vector<uint8_t> bytes;
  std::vector<Entry> entries;
  std::vector<Chain> chains;  // in the order of the bytes
  bool edited = false;

  // What was loaded, to tell whether somebody else wrote since.
  TableInfo loadedInfo;
  std::vector<uint8_t> loadedBytes;
  std::vector<Counters> loadedCounters;

  const uint8_t* at(uint32_t index) const { return bytes.data() + entries[index].offset; }
  uint8_t* at(uint32_t index) { return bytes.data() + entries[index].offset; }
};

// Fills `table` from what the kernel gave. 0 or -EBADMSG: the bytes are no table that iptables
// could have made, and `table` is not to be used.
int parse(const uint8_t* data, size_t size, const Family& family, const TableInfo& info,
          Table* table, const char** reason);

// Null where there is none.
const Chain* findChain(const Table& table, std::string_view name);
Chain* findChain(Table& table, std::string_view name);
// The chain whose first rule lies at the byte offset.
const Chain* chainStartingAt(const Table& table, uint32_t offset);
Chain* chainStartingAt(Table& table, uint32_t offset);

// Name of the chain that a hook calls.
std::string_view builtinName(int hook);

// An entry lifted out of its table: valid in any table of the family that has the chain.
struct DetachedEntry {
  std::vector<uint8_t> bytes;
  Link link = Link::kNone;
  std::string chain;  // where link is kChain
};
DetachedEntry detach(const Table& table, uint32_t index);

}  // namespace lvs::xtables
