// UDP ports that tunnelled packets arrive at: the FOU_ATTR_ attributes of <linux/fou.h>.
#pragma once

#include <linux/fou.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "records/field.h"

namespace lvs::fou {

inline constexpr Choice kFamilies[] = {{AF_INET, "ipv4"}, {AF_INET6, "ipv6"}};
inline constexpr Choice kEncapsulations[] = {{FOU_ENCAP_DIRECT, "fou"}, {FOU_ENCAP_GUE, "gue"}};
inline constexpr Choice kCarried[] = {
    {IPPROTO_IPIP, "ipv4"}, {IPPROTO_IPV6, "ipv6"}, {IPPROTO_GRE, "gre"}};

inline constexpr Field kPortFields[] = {
    u8("family", FOU_ATTR_AF).named(kFamilies),
    be16("port", FOU_ATTR_PORT),
    u8("encapsulation", FOU_ATTR_TYPE).named(kEncapsulations),
    // What the packets are; a GUE header tells that itself.
    u8("carries", FOU_ATTR_IPPROTO).named(kCarried),
    // From Linux 5.2 on: which packets to that port are meant.
    address("local", FOU_ATTR_LOCAL_V4),
    address("localIpv6", FOU_ATTR_LOCAL_V6),
    address("peer", FOU_ATTR_PEER_V4),
    address("peerIpv6", FOU_ATTR_PEER_V6),
    be16("peerPort", FOU_ATTR_PEER_PORT),
    device("device", FOU_ATTR_IFINDEX),
};
inline constexpr auto kPortLayout = layOut(kPortFields);
inline constexpr Table kPort = tableOf("port", kPortLayout);

}  // namespace lvs::fou
