#include "xtables/entry.h"

#include <errno.h>
#include <linux/netfilter/x_tables.h>

#include <algorithm>

#include "records/record.h"
#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

constexpr size_t kAlignment = __alignof__(_xt_align);
constexpr size_t kExtensionHeader = sizeof(xt_entry_match);
constexpr size_t kNamePlace = offsetof(xt_entry_match, u.user.name);
constexpr size_t kRevisionPlace = offsetof(xt_entry_match, u.user.revision);
constexpr size_t kVerdictPlace = offsetof(xt_standard_target, verdict);
constexpr size_t kErrorNamePlace = offsetof(xt_error_target, errorname);
static_assert(sizeof(xt_entry_match) == sizeof(xt_entry_target));

std::string_view textAt(const uint8_t* from, size_t most) {
  const char* text = reinterpret_cast<const char*>(from);
  return {text, strnlen(text, most)};
}

Extension extensionAt(const uint8_t* at) {
  return {textAt(at + kNamePlace, XT_EXTENSION_MAXNAMELEN), at[kRevisionPlace],
          at + kExtensionHeader, load<uint16_t>(at) - kExtensionHeader};
}

// One match or target of which `available` bytes may be read.
int checkExtension(const uint8_t* at, size_t available, const char** reason) {
  if (available < kExtensionHeader) return fail(-EBADMSG, reason, "a match or target is cut off");
  const size_t size = load<uint16_t>(at);
  if (size < kExtensionHeader || size > available || size % kAlignment != 0) {
    return fail(-EBADMSG, reason, "a match or target has an impossible size");
  }
  if (textAt(at + kNamePlace, XT_EXTENSION_MAXNAMELEN).size() == XT_EXTENSION_MAXNAMELEN) {
    return fail(-EBADMSG, reason, "the name of a match or target has no end");
  }
  return 0;
}

int checkTarget(const uint8_t* target, size_t available, const char** reason) {
  const int result = checkExtension(target, available, reason);
  if (result != 0) return result;
  const Extension extension = extensionAt(target);
  if (extension.name == XT_STANDARD_TARGET &&
      extension.size < XT_ALIGN(sizeof(xt_standard_target)) - kExtensionHeader) {
    return fail(-EBADMSG, reason, "a standard target is too short for its verdict");
  }
  if (extension.name == XT_ERROR_TARGET) {
    if (extension.size < sizeof(xt_error_target) - kExtensionHeader) {
      return fail(-EBADMSG, reason, "an error target is too short for its name");
    }
    if (textAt(target + kErrorNamePlace, XT_FUNCTION_MAXNAMELEN).size() == XT_FUNCTION_MAXNAMELEN) {
      return fail(-EBADMSG, reason, "the name of a chain has no end");
    }
  }
  return 0;
}

}  // namespace

int checkEntry(const uint8_t* entry, size_t available, const Family& family, const char** reason) {
  if (available < family.entrySize) return fail(-EBADMSG, reason, "an entry is cut off");
  const size_t targetOffset = load<uint16_t>(entry + family.targetOffset);
  const size_t size = load<uint16_t>(entry + family.nextOffset);
  if (size > available || size % kAlignment != 0 || targetOffset < family.entrySize ||
      targetOffset > size || targetOffset % kAlignment != 0) {
    return fail(-EBADMSG, reason, "an entry has impossible offsets");
  }
  for (size_t at = family.entrySize; at < targetOffset; at += load<uint16_t>(entry + at)) {
    const int result = checkExtension(entry + at, targetOffset - at, reason);
    if (result != 0) return result;
  }
  return checkTarget(entry + targetOffset, size - targetOffset, reason);
}

uint16_t entrySizeOf(const uint8_t* entry, const Family& family) {
  return load<uint16_t>(entry + family.nextOffset);
}

std::vector<Extension> matchesOf(const uint8_t* entry, const Family& family) {
  std::vector<Extension> matches;
  const size_t end = load<uint16_t>(entry + family.targetOffset);
  for (size_t at = family.entrySize; at < end; at += load<uint16_t>(entry + at)) {
    matches.push_back(extensionAt(entry + at));
  }
  return matches;
}

bool hasMatches(const uint8_t* entry, const Family& family) {
  return load<uint16_t>(entry + family.targetOffset) != family.entrySize;
}

Extension targetOf(const uint8_t* entry, const Family& family) {
  return extensionAt(entry + load<uint16_t>(entry + family.targetOffset));
}

TargetKind targetKindOf(const uint8_t* entry, const Family& family) {
  const std::string_view name = targetOf(entry, family).name;
  if (name == XT_STANDARD_TARGET) return TargetKind::kStandard;
  return name == XT_ERROR_TARGET ? TargetKind::kError : TargetKind::kModule;
}

int32_t verdictOf(const uint8_t* entry, const Family& family) {
  return load<int32_t>(entry + load<uint16_t>(entry + family.targetOffset) + kVerdictPlace);
}

void setVerdict(uint8_t* entry, const Family& family, int32_t verdict) {
  store(entry + load<uint16_t>(entry + family.targetOffset) + kVerdictPlace, verdict);
}

std::string_view errorNameOf(const uint8_t* entry, const Family& family) {
  return textAt(entry + load<uint16_t>(entry + family.targetOffset) + kErrorNamePlace,
                XT_FUNCTION_MAXNAMELEN);
}

void setErrorName(uint8_t* entry, const Family& family, std::string_view name) {
  uint8_t* at = entry + load<uint16_t>(entry + family.targetOffset) + kErrorNamePlace;
  memset(at, 0, XT_FUNCTION_MAXNAMELEN);
  memcpy(at, name.data(), std::min<size_t>(name.size(), XT_FUNCTION_MAXNAMELEN - 1));
}

std::vector<uint8_t> makeStandardEntry(const Family& family, int32_t verdict) {
  std::vector<uint8_t> entry(family.entrySize);
  appendExtension(entry, XT_STANDARD_TARGET, 0, &verdict, sizeof verdict);
  sealEntry(entry, family, family.entrySize);
  return entry;
}

std::vector<uint8_t> makeErrorEntry(const Family& family, std::string_view name) {
  std::vector<uint8_t> entry(family.entrySize);
  constexpr char kNoName[XT_FUNCTION_MAXNAMELEN] = {};
  appendExtension(entry, XT_ERROR_TARGET, 0, kNoName, sizeof kNoName);
  sealEntry(entry, family, family.entrySize);
  setErrorName(entry.data(), family, name);
  return entry;
}

void appendExtension(std::vector<uint8_t>& entry, std::string_view name, uint8_t revision,
                     const void* data, size_t size) {
  const size_t start = entry.size();
  const size_t total = XT_ALIGN(kExtensionHeader + size);
  entry.resize(start + total);
  uint8_t* at = entry.data() + start;
  // Too large a size is cut here and refused by sealEntry().
  store(at, static_cast<uint16_t>(total));
  memcpy(at + kNamePlace, name.data(), std::min<size_t>(name.size(), XT_EXTENSION_MAXNAMELEN - 1));
  at[kRevisionPlace] = revision;
  if (size != 0) memcpy(at + kExtensionHeader, data, size);
}

int sealEntry(std::vector<uint8_t>& entry, const Family& family, size_t targetOffset) {
  if (entry.size() > UINT16_MAX) return -EMSGSIZE;
  store(entry.data() + family.targetOffset, static_cast<uint16_t>(targetOffset));
  store(entry.data() + family.nextOffset, static_cast<uint16_t>(entry.size()));
  return 0;
}

Counters countersOf(const uint8_t* entry, const Family& family) {
  const auto counters = load<xt_counters>(entry + family.counters);
  return {counters.pcnt, counters.bcnt};
}

void setCounters(uint8_t* entry, const Family& family, Counters counters) {
  store(entry + family.counters, xt_counters{counters.packets, counters.bytes});
}

}  // namespace lvs::xtables
