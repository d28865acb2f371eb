// What IFLA_LINKINFO holds: the kind of a device, and settings that depend on it. One table a kind,
// named after it; each begins with the kind itself.
#pragma once

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include <cstring>

#include "route/link_table.h"

namespace lvs::route {

constexpr Field kindField() { return text("kind", IFLA_INFO_KIND, kKindSize); }

// Kinds that are made with their defaults.
inline constexpr Field kPlainFields[] = {kindField()};
inline constexpr auto kPlainLayout = layOut(kPlainFields);
inline constexpr Table kPlain = tableOf("plain", kPlainLayout);

inline constexpr Field kVethFields[] = {
    kindField(),
    nest("data", IFLA_INFO_DATA),
    nest("peer", VETH_INFO_PEER, sizeof(ifinfomsg)).inside("data"),
    text("peerName", IFLA_IFNAME, IFNAMSIZ).inside("peer"),
    u32("peerMtu", IFLA_MTU).inside("peer"),
    bytes("peerHardwareAddress", IFLA_ADDRESS, kLongestHardwareAddress).inside("peer"),
    netns("peerNamespace", IFLA_NET_NS_FD).inside("peer"),
};
inline constexpr auto kVethLayout = layOut(kVethFields);
inline constexpr Table kVeth = tableOf("veth", kVethLayout);

inline constexpr Field kBridgeFields[] = {
    kindField(),
    nest("data", IFLA_INFO_DATA),
    u32("forwardDelay", IFLA_BR_FORWARD_DELAY).inside("data"),
    u32("helloTime", IFLA_BR_HELLO_TIME).inside("data"),
    u32("maximumAge", IFLA_BR_MAX_AGE).inside("data"),
    u32("ageingTime", IFLA_BR_AGEING_TIME).inside("data"),
    u32("spanningTree", IFLA_BR_STP_STATE).inside("data"),
    u16("priority", IFLA_BR_PRIORITY).inside("data"),
    u8("vlanFiltering", IFLA_BR_VLAN_FILTERING).inside("data"),
    u8("multicastSnooping", IFLA_BR_MCAST_SNOOPING).inside("data"),
};
inline constexpr auto kBridgeLayout = layOut(kBridgeFields);
inline constexpr Table kBridge = tableOf("bridge", kBridgeLayout);

inline constexpr const Table* kLinkKinds[] = {&kPlain, &kVeth, &kBridge};

}  // namespace lvs::route
