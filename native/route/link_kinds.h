// What IFLA_LINKINFO holds: the kind of a device, and settings that depend on it. One table a kind,
// named after it; each begins with the kind itself.
#pragma once

#include <linux/if_bonding.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <netinet/in.h>

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

inline constexpr Choice kVlanProtocols[] = {{ETH_P_8021Q, "802.1Q"}, {ETH_P_8021AD, "802.1ad"}};

inline constexpr Field kVlanFields[] = {
    kindField(),
    nest("data", IFLA_INFO_DATA),
    u16("id", IFLA_VLAN_ID).inside("data"),
    be16("protocol", IFLA_VLAN_PROTOCOL).named(kVlanProtocols).inside("data"),
};
inline constexpr auto kVlanLayout = layOut(kVlanFields);
inline constexpr Table kVlan = tableOf("vlan", kVlanLayout);

inline constexpr Choice kMacvlanModes[] = {{MACVLAN_MODE_PRIVATE, "private"},
                                           {MACVLAN_MODE_VEPA, "vepa"},
                                           {MACVLAN_MODE_BRIDGE, "bridge"},
                                           {MACVLAN_MODE_PASSTHRU, "passthru"},
                                           {MACVLAN_MODE_SOURCE, "source"}};

inline constexpr Field kMacvlanFields[] = {
    kindField(),
    nest("data", IFLA_INFO_DATA),
    u32("mode", IFLA_MACVLAN_MODE).named(kMacvlanModes).inside("data"),
};
inline constexpr auto kMacvlanLayout = layOut(kMacvlanFields);
inline constexpr Table kMacvlan = tableOf("macvlan", kMacvlanLayout);

inline constexpr Choice kBondModes[] = {
    {BOND_MODE_ROUNDROBIN, "balance-rr"}, {BOND_MODE_ACTIVEBACKUP, "active-backup"},
    {BOND_MODE_XOR, "balance-xor"},       {BOND_MODE_BROADCAST, "broadcast"},
    {BOND_MODE_8023AD, "802.3ad"},        {BOND_MODE_TLB, "balance-tlb"},
    {BOND_MODE_ALB, "balance-alb"}};
inline constexpr Choice kBondHashes[] = {{BOND_XMIT_POLICY_LAYER2, "layer2"},
                                         {BOND_XMIT_POLICY_LAYER34, "layer3+4"},
                                         {BOND_XMIT_POLICY_LAYER23, "layer2+3"},
                                         {BOND_XMIT_POLICY_ENCAP23, "encap2+3"},
                                         {BOND_XMIT_POLICY_ENCAP34, "encap3+4"}};
inline constexpr Choice kLacpRates[] = {{0, "slow"}, {1, "fast"}};

inline constexpr Field kBondFields[] = {
    kindField(),
    nest("data", IFLA_INFO_DATA),
    u8("mode", IFLA_BOND_MODE).named(kBondModes).inside("data"),
    u32("monitorInterval", IFLA_BOND_MIIMON).inside("data"),
    u32("upDelay", IFLA_BOND_UPDELAY).inside("data"),
    u32("downDelay", IFLA_BOND_DOWNDELAY).inside("data"),
    u8("transmitHash", IFLA_BOND_XMIT_HASH_POLICY).named(kBondHashes).inside("data"),
    u32("minimumLinks", IFLA_BOND_MIN_LINKS).inside("data"),
    u8("lacpRate", IFLA_BOND_AD_LACP_RATE).named(kLacpRates).inside("data"),
};
inline constexpr auto kBondLayout = layOut(kBondFields);
inline constexpr Table kBond = tableOf("bond", kBondLayout);

inline constexpr Choice kEncapsulations[] = {
    {TUNNEL_ENCAP_NONE, "none"}, {TUNNEL_ENCAP_FOU, "fou"}, {TUNNEL_ENCAP_GUE, "gue"}};
inline constexpr Choice kEncapsulationFlags[] = {{TUNNEL_ENCAP_FLAG_CSUM, "checksum"},
                                                 {TUNNEL_ENCAP_FLAG_CSUM6, "checksum6"},
                                                 {TUNNEL_ENCAP_FLAG_REMCSUM, "remoteChecksum"}};
inline constexpr Choice kCarried[] = {{0, "any"}, {IPPROTO_IPIP, "ipv4"}, {IPPROTO_IPV6, "ipv6"}};

// The tunnels ipip, sit and ip6tnl have their attributes in common.
inline constexpr Field kTunnelFields[] = {
    kindField(),
    nest("data", IFLA_INFO_DATA),
    device("lower", IFLA_IPTUN_LINK).inside("data"),
    address("local", IFLA_IPTUN_LOCAL).inside("data"),
    address("remote", IFLA_IPTUN_REMOTE).inside("data"),
    u8("ttl", IFLA_IPTUN_TTL).inside("data"),
    u8("tos", IFLA_IPTUN_TOS).inside("data"),
    u8("carries", IFLA_IPTUN_PROTO).named(kCarried).inside("data"),
    u8("pathMtuDiscovery", IFLA_IPTUN_PMTUDISC).inside("data"),
    u8("encapsulationLimit", IFLA_IPTUN_ENCAP_LIMIT).inside("data"),
    u16("encapsulation", IFLA_IPTUN_ENCAP_TYPE).named(kEncapsulations).inside("data"),
    u16("encapsulationFlags", IFLA_IPTUN_ENCAP_FLAGS).named(kEncapsulationFlags).inside("data"),
    be16("encapsulationSourcePort", IFLA_IPTUN_ENCAP_SPORT).inside("data"),
    be16("encapsulationPort", IFLA_IPTUN_ENCAP_DPORT).inside("data"),
};
inline constexpr auto kTunnelLayout = layOut(kTunnelFields);
inline constexpr Table kIpip = tableOf("ipip", kTunnelLayout);
inline constexpr Table kSit = tableOf("sit", kTunnelLayout);
inline constexpr Table kIp6tnl = tableOf("ip6tnl", kTunnelLayout);

inline constexpr Field kGreFields[] = {
    kindField(),
    nest("data", IFLA_INFO_DATA),
    device("lower", IFLA_GRE_LINK).inside("data"),
    address("local", IFLA_GRE_LOCAL).inside("data"),
    address("remote", IFLA_GRE_REMOTE).inside("data"),
    u8("ttl", IFLA_GRE_TTL).inside("data"),
    u8("tos", IFLA_GRE_TOS).inside("data"),
    u8("pathMtuDiscovery", IFLA_GRE_PMTUDISC).inside("data"),
    u16("encapsulation", IFLA_GRE_ENCAP_TYPE).named(kEncapsulations).inside("data"),
    u16("encapsulationFlags", IFLA_GRE_ENCAP_FLAGS).named(kEncapsulationFlags).inside("data"),
    be16("encapsulationSourcePort", IFLA_GRE_ENCAP_SPORT).inside("data"),
    be16("encapsulationPort", IFLA_GRE_ENCAP_DPORT).inside("data"),
};
inline constexpr auto kGreLayout = layOut(kGreFields);
inline constexpr Table kGre = tableOf("gre", kGreLayout);

inline constexpr const Table* kLinkKinds[] = {&kPlain, &kVeth, &kBridge, &kVlan,   &kMacvlan,
                                              &kBond,  &kIpip, &kSit,    &kIp6tnl, &kGre};

}  // namespace lvs::route
