// A network device: struct ifinfomsg and the IFLA_ attributes of <linux/if_link.h>. What only some
// kinds of devices have is in link_kinds.h.
#pragma once

#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "records/field.h"

namespace lvs::route {

// IFF_LOWER_UP, IFF_DORMANT: <net/if.h> lacks them and excludes <linux/if.h>.
constexpr uint32_t kLowerUp = 1 << 16;
constexpr uint32_t kDormant = 1 << 17;

inline constexpr Choice kLinkFlags[] = {{IFF_UP, "up"},
                                        {IFF_BROADCAST, "broadcast"},
                                        {IFF_LOOPBACK, "loopback"},
                                        {IFF_POINTOPOINT, "pointToPoint"},
                                        {IFF_RUNNING, "running"},
                                        {IFF_NOARP, "noArp"},
                                        {IFF_PROMISC, "promiscuous"},
                                        {IFF_ALLMULTI, "allMulticast"},
                                        {IFF_MASTER, "master"},
                                        {IFF_SLAVE, "slave"},
                                        {IFF_MULTICAST, "multicast"},
                                        {kLowerUp, "lowerUp"},
                                        {kDormant, "dormant"}};
// IF_OPER_… of RFC 2863.
inline constexpr Choice kOperationalStates[] = {
    {0, "unknown"}, {1, "notPresent"}, {2, "down"}, {3, "lowerLayerDown"},
    {4, "testing"}, {5, "dormant"},    {6, "up"}};
inline constexpr Choice kHardwareTypes[] = {
    {ARPHRD_ETHER, "ethernet"}, {ARPHRD_LOOPBACK, "loopback"}, {ARPHRD_TUNNEL, "ipip"},
    {ARPHRD_TUNNEL6, "ip6tnl"}, {ARPHRD_SIT, "sit"},           {ARPHRD_IPGRE, "gre"},
    {ARPHRD_IP6GRE, "ip6gre"},  {ARPHRD_NONE, "none"}};
inline constexpr Choice kExtensions[] = {{RTEXT_FILTER_SKIP_STATS, "skipStatistics"}};

constexpr uint16_t kKindSize = 32;
constexpr uint16_t kLongestHardwareAddress = 32;  // MAX_ADDR_LEN

inline constexpr Field kLinkFields[] = {
    header(u8("family", offsetof(ifinfomsg, ifi_family))),
    header(u16("type", offsetof(ifinfomsg, ifi_type))).named(kHardwareTypes),
    header(s32("index", offsetof(ifinfomsg, ifi_index))),
    // The same place by name, to say which device a request is about.
    header(device("device", offsetof(ifinfomsg, ifi_index))),
    // ifi_flags and, behind it, ifi_change: a mask.
    header(flags("flags", offsetof(ifinfomsg, ifi_flags))).named(kLinkFlags),
    text("name", IFLA_IFNAME, IFNAMSIZ),
    u32("mtu", IFLA_MTU),
    bytes("hardwareAddress", IFLA_ADDRESS, kLongestHardwareAddress),
    device("master", IFLA_MASTER),
    u32("masterIndex", IFLA_MASTER),
    device("lower", IFLA_LINK),
    u32("lowerIndex", IFLA_LINK),
    s32("lowerNamespace", IFLA_LINK_NETNSID),
    netns("namespace", IFLA_NET_NS_FD),
    u8("state", IFLA_OPERSTATE).named(kOperationalStates),
    u32("queueLength", IFLA_TXQLEN),
    u32("group", IFLA_GROUP),
    text("alias", IFLA_IFALIAS, 256),
    u32("promiscuity", IFLA_PROMISCUITY),
    u32("extensions", IFLA_EXT_MASK).named(kExtensions),
    nest("info", IFLA_LINKINFO),
    text("kind", IFLA_INFO_KIND, kKindSize).inside("info"),
};
inline constexpr auto kLinkLayout = layOut(kLinkFields, sizeof(ifinfomsg));
inline constexpr Table kLink = tableOf("link", kLinkLayout);

}  // namespace lvs::route
