// Numbers that the writer and the reader of nf_tables rules share.
#pragma once

#include <linux/netfilter/nf_tables.h>

#include <cstddef>
#include <cstdint>

#include "xtables/family.h"

namespace lvs::nat {

// Places of a packet's fields, from the start of its network or transport header.
struct PacketPlaces {
  uint32_t source;
  uint32_t destination;
};
inline PacketPlaces placesOf(const xtables::Family& family) {
  return family.addressSize == 4 ? PacketPlaces{12, 16} : PacketPlaces{8, 24};
}
constexpr uint32_t kSourcePort = 0;
constexpr uint32_t kDestinationPort = 2;
constexpr uint32_t kPortSize = 2;

// A rule's user data: type, length, value. The comment's type is nft's own; iptables and nft pass
// over types that they don't know.
constexpr uint8_t kCommentData = 0;
constexpr uint8_t kOwnData = 200;
// The ports of a set, first and last of each range, in host byte order: a listing of rules only has
// the set's name. An anonymous set never changes, so this stays true.
constexpr uint8_t kPortsData = 201;
constexpr char kOwnMark[] = "lvs";

}  // namespace lvs::nat
