// The header of an entry: which packets it takes, before any match is asked.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "xtables/family.h"

namespace lvs::xtables {

using Address = std::array<uint8_t, 16>;  // network byte order; IPv4 takes the first 4

struct AddressMatch {
  Address address{};
  Address mask{};  // need not be a prefix
  bool inverted = false;
  bool operator==(const AddressMatch& other) const;  // address bits beyond the mask don't matter
};

// The mask of a prefix; bits beyond the address are cut.
Address prefixMask(unsigned prefixLength);
// -1 when the mask is no prefix.
int prefixLengthOf(const AddressMatch& match, const Family& family);

struct InterfaceMatch {
  std::string name;  // a `+` at the end stands for anything, as in `eth+`
  bool inverted = false;
  bool operator==(const InterfaceMatch& other) const {
    return name == other.name && inverted == other.inverted;
  }
};

struct ProtocolMatch {
  uint8_t number = 0;
  bool inverted = false;
  bool operator==(const ProtocolMatch& other) const {
    return number == other.number && inverted == other.inverted;
  }
};

struct RuleHeader {
  std::optional<AddressMatch> source;
  std::optional<AddressMatch> destination;
  std::optional<InterfaceMatch> in;
  std::optional<InterfaceMatch> out;
  std::optional<ProtocolMatch> protocol;
  std::optional<bool> fragment;  // IPv4: true, second and further fragments; false, the others
  bool isGoto = false;           // belongs to the target, but lies here
  bool operator==(const RuleHeader& other) const;
};

// False when the entry says something that has no word here; the rest is filled in.
bool readHeader(const uint8_t* entry, const Family& family, RuleHeader* header);

// Into an entry that is zero. 0, or -EINVAL with a reason.
int writeHeader(const RuleHeader& header, const Family& family, uint8_t* entry,
                const char** reason);

}  // namespace lvs::xtables
