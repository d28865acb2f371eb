// A route: struct rtmsg and the RTA_ attributes of <linux/rtnetlink.h>.
#pragma once

#include <linux/rtnetlink.h>

#include "route/address_table.h"

namespace lvs::route {

inline constexpr Choice kRouteTypes[] = {
    {RTN_UNICAST, "unicast"},         {RTN_LOCAL, "local"},         {RTN_BROADCAST, "broadcast"},
    {RTN_ANYCAST, "anycast"},         {RTN_MULTICAST, "multicast"}, {RTN_BLACKHOLE, "blackhole"},
    {RTN_UNREACHABLE, "unreachable"}, {RTN_PROHIBIT, "prohibit"},   {RTN_THROW, "throw"}};
inline constexpr Choice kRouteProtocols[] = {{RTPROT_UNSPEC, "unspecified"},
                                             {RTPROT_REDIRECT, "redirect"},
                                             {RTPROT_KERNEL, "kernel"},
                                             {RTPROT_BOOT, "boot"},
                                             {RTPROT_STATIC, "static"},
                                             {RTPROT_RA, "ra"},
                                             {RTPROT_ZEBRA, "zebra"},
                                             {RTPROT_BIRD, "bird"},
                                             {RTPROT_DHCP, "dhcp"},
                                             {RTPROT_KEEPALIVED, "keepalived"},
                                             {RTPROT_BGP, "bgp"},
                                             {RTPROT_OSPF, "ospf"}};
inline constexpr Choice kRoutingTables[] = {
    {RT_TABLE_DEFAULT, "default"}, {RT_TABLE_MAIN, "main"}, {RT_TABLE_LOCAL, "local"}};
inline constexpr Choice kRouteFlags[] = {{RTNH_F_DEAD, "dead"},
                                         {RTNH_F_ONLINK, "onLink"},
                                         {RTNH_F_LINKDOWN, "linkDown"},
                                         {RTM_F_CLONED, "cached"},
                                         // Asks for the table that a route was found in.
                                         {RTM_F_LOOKUP_TABLE, "findTable"}};

inline constexpr Field kRouteFields[] = {
    header(u8("family", offsetof(rtmsg, rtm_family))).named(kFamilies),
    header(u8("prefixLength", offsetof(rtmsg, rtm_dst_len))),
    header(u8("fromPrefixLength", offsetof(rtmsg, rtm_src_len))),
    header(u8("tos", offsetof(rtmsg, rtm_tos))),
    header(u8("protocol", offsetof(rtmsg, rtm_protocol))).named(kRouteProtocols),
    header(u8("scope", offsetof(rtmsg, rtm_scope))).named(kScopes),
    header(u8("type", offsetof(rtmsg, rtm_type))).named(kRouteTypes),
    header(u32("flags", offsetof(rtmsg, rtm_flags))).named(kRouteFlags),
    address("destination", RTA_DST),
    address("from", RTA_SRC),
    device("device", RTA_OIF),
    u32("deviceIndex", RTA_OIF),
    device("inDevice", RTA_IIF),
    address("gateway", RTA_GATEWAY),
    address("source", RTA_PREFSRC),
    u32("metric", RTA_PRIORITY),
    u32("table", RTA_TABLE).named(kRoutingTables),
    u32("mark", RTA_MARK),
    u8("preference", RTA_PREF),
    u32("expires", RTA_EXPIRES),
    u32("nextHopId", RTA_NH_ID),
    nest("metrics", RTA_METRICS),
    u32("mtu", RTAX_MTU).inside("metrics"),
    u32("advertisedMss", RTAX_ADVMSS).inside("metrics"),
    u32("window", RTAX_WINDOW).inside("metrics"),
    u32("hopLimit", RTAX_HOPLIMIT).inside("metrics"),
    u32("initialWindow", RTAX_INITCWND).inside("metrics"),
};
inline constexpr auto kRouteLayout = layOut(kRouteFields, sizeof(rtmsg));
inline constexpr Table kRoute = tableOf("route", kRouteLayout);

// One of the ways that a route with several next hops takes.
inline constexpr Field kNextHopFields[] = {
    header(u8("flags", offsetof(rtnexthop, rtnh_flags))).named(kRouteFlags),
    header(u8("weightLessOne", offsetof(rtnexthop, rtnh_hops))),
    header(device("device", offsetof(rtnexthop, rtnh_ifindex))),
    header(u32("deviceIndex", offsetof(rtnexthop, rtnh_ifindex))),
    address("gateway", RTA_GATEWAY),
};
inline constexpr auto kNextHopLayout = layOut(kNextHopFields, sizeof(rtnexthop));
inline constexpr Table kNextHop = tableOf("nextHop", kNextHopLayout);

}  // namespace lvs::route
