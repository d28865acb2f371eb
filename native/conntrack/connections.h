// The table of tracked connections, over ctnetlink.
#pragma once

#include <array>

#include "netlink/netfilter.h"

namespace lvs::conntrack {

// Connections by where their first packet went, before nat.
struct Wanted {
  uint8_t family = 0;                     // AF_INET or AF_INET6
  std::array<uint8_t, 16> destination{};  // the first 4 bytes for AF_INET
  std::array<uint8_t, 16> mask{};         // which of its bits count
  uint8_t protocol = 0;                   // 0: any
  uint16_t port = 0;                      // 0: any
};

// Removes them from the table, so that nat decides anew on their next packet. What is gone already,
// or comes meanwhile, is passed over. 0 with the number of those removed, or a negative errno
// (-EINVAL: the kernel has no ctnetlink; -EPERM: CAP_NET_ADMIN is missing).
int drop(netlink::NetfilterSocket& socket, const Wanted& wanted, uint32_t* dropped);

}  // namespace lvs::conntrack
