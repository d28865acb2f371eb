// Netlink's sizes without the sign conversions of the header's macros.
#pragma once

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>

namespace lvs::netlink {

constexpr size_t aligned(size_t size) { return (size + 3) & ~size_t{3}; }

constexpr size_t kMessageHeader = sizeof(nlmsghdr);
constexpr size_t kGenericHeader = sizeof(genlmsghdr);
constexpr size_t kAttributeHeader = sizeof(nlattr);
constexpr uint16_t kAttributeTypeMask = 0x3fff;  // without NLA_F_NESTED, NLA_F_NET_BYTEORDER

}  // namespace lvs::netlink
