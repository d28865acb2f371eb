// A neighbour, that is, an entry of the ARP or NDP table: struct ndmsg and the NDA_ attributes of
// <linux/neighbour.h>.
#pragma once

#include <linux/neighbour.h>

#include "route/address_table.h"
#include "route/link_table.h"

namespace lvs::route {

// NUD_PERMANENT and NUD_NOARP need no proof; the others are the states of neighbour discovery.
inline constexpr Choice kNeighbourStates[] = {
    {NUD_INCOMPLETE, "incomplete"}, {NUD_REACHABLE, "reachable"}, {NUD_STALE, "stale"},
    {NUD_DELAY, "delay"},           {NUD_PROBE, "probe"},         {NUD_FAILED, "failed"},
    {NUD_NOARP, "noArp"},           {NUD_PERMANENT, "permanent"}, {NUD_NONE, "none"}};
inline constexpr Choice kNeighbourFlags[] = {
    {NTF_PROXY, "proxy"}, {NTF_ROUTER, "router"}, {NTF_EXT_LEARNED, "learned"}};

inline constexpr Field kNeighbourFields[] = {
    header(u8("family", offsetof(ndmsg, ndm_family))).named(kFamilies),
    header(device("device", offsetof(ndmsg, ndm_ifindex))),
    header(u32("deviceIndex", offsetof(ndmsg, ndm_ifindex))),
    header(u16("state", offsetof(ndmsg, ndm_state))).named(kNeighbourStates),
    header(u8("flags", offsetof(ndmsg, ndm_flags))).named(kNeighbourFlags),
    address("address", NDA_DST),
    bytes("hardwareAddress", NDA_LLADDR, kLongestHardwareAddress),
    // Narrows a listing down; the header's index must be 0 there.
    device("ofDevice", NDA_IFINDEX),
};
inline constexpr auto kNeighbourLayout = layOut(kNeighbourFields, sizeof(ndmsg));
inline constexpr Table kNeighbour = tableOf("neighbour", kNeighbourLayout);

}  // namespace lvs::route
