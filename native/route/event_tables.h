// What can be watched, and what a message says beside the object that it is about.
#pragma once

#include <linux/rtnetlink.h>

#include "netlink/subscriptions.h"

namespace lvs::route {

inline constexpr Choice kGroups[] = {
    {netlink::groupBit(RTNLGRP_LINK), "links"},
    {netlink::groupBit(RTNLGRP_NEIGH), "neighbours"},
    {netlink::groupBit(RTNLGRP_IPV4_IFADDR), "ipv4Addresses"},
    {netlink::groupBit(RTNLGRP_IPV6_IFADDR), "ipv6Addresses"},
    {netlink::groupBit(RTNLGRP_IPV4_ROUTE), "ipv4Routes"},
    {netlink::groupBit(RTNLGRP_IPV6_ROUTE), "ipv6Routes"},
    {netlink::groupBit(RTNLGRP_IPV4_RULE), "ipv4Rules"},
    {netlink::groupBit(RTNLGRP_IPV6_RULE), "ipv6Rules"},
    {netlink::groupBit(RTNLGRP_NEXTHOP), "nextHops"},
};
inline constexpr auto kWatchLayout = netlink::watchLayout(kGroups);
inline constexpr Table kWatch = tableOf("watch", kWatchLayout);

// Next hops that routes share (`ip nexthop`) have no record of their own here.
inline constexpr Choice kSubjects[] = {{0, "object"}, {1, "sharedNextHop"}};

// Stands before the record of the object.
inline constexpr Field kEventFields[] = {
    u8("subject", 0).named(kSubjects), u8("removed", 0),  // RTM_DEL…: the object is gone
    u8("replaces", 0),  // NLM_F_REPLACE: it took the place of another, which is not announced
};
inline constexpr auto kEventLayout = layOut(kEventFields);
inline constexpr Table kEvent = tableOf("event", kEventLayout);

}  // namespace lvs::route
