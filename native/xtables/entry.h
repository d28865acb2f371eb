// One entry's bytes: header, matches, target. Everything here works on bytes that checkEntry() has
// accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "xtables/family.h"

namespace lvs::xtables {

// A match or a target, as it lies in an entry.
struct Extension {
  std::string_view name;
  uint8_t revision = 0;
  const uint8_t* data = nullptr;
  size_t size = 0;  // of the data, padding included
};

enum class TargetKind : uint8_t { kStandard, kError, kModule };

// 0 or -EBADMSG. `available` bytes may be read; the entry takes entrySizeOf() of them.
int checkEntry(const uint8_t* entry, size_t available, const Family& family, const char** reason);

uint16_t entrySizeOf(const uint8_t* entry, const Family& family);
std::vector<Extension> matchesOf(const uint8_t* entry, const Family& family);
bool hasMatches(const uint8_t* entry, const Family& family);
Extension targetOf(const uint8_t* entry, const Family& family);
TargetKind targetKindOf(const uint8_t* entry, const Family& family);

// Of a standard target: negative is -1 - verdict (-2 is NF_ACCEPT), else a byte offset in the
// table.
int32_t verdictOf(const uint8_t* entry, const Family& family);
void setVerdict(uint8_t* entry, const Family& family, int32_t verdict);

// Of an error target, which opens a user chain: the chain's name.
std::string_view errorNameOf(const uint8_t* entry, const Family& family);
void setErrorName(uint8_t* entry, const Family& family, std::string_view name);

// Entries that the kernel's own chains are made of.
std::vector<uint8_t> makeStandardEntry(const Family& family, int32_t verdict);
std::vector<uint8_t> makeErrorEntry(const Family& family, std::string_view name);

// Appends a match or a target: header, data, zeros up to the kernel's alignment.
void appendExtension(std::vector<uint8_t>& entry, std::string_view name, uint8_t revision,
                     const void* data, size_t size);

// Fills in both offsets of an entry whose target starts at `targetOffset`.
// 0, or -EMSGSIZE: they are 16 bits wide.
int sealEntry(std::vector<uint8_t>& entry, const Family& family, size_t targetOffset);

struct Counters {
  uint64_t packets = 0;
  uint64_t bytes = 0;
};
Counters countersOf(const uint8_t* entry, const Family& family);
void setCounters(uint8_t* entry, const Family& family, Counters counters);

}  // namespace lvs::xtables
