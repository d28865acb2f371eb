// The requests of rtnetlink, as one table.
#pragma once

#include "netlink/operation.h"
#include "route/address_table.h"
#include "route/link_table.h"
#include "route/route_table.h"

namespace lvs::route {

using netlink::Mode;
using netlink::Operation;
using netlink::Part;

constexpr uint16_t kAdd = NLM_F_CREATE | NLM_F_EXCL;
constexpr uint16_t kPut = NLM_F_CREATE | NLM_F_REPLACE;
constexpr uint16_t kChange = NLM_F_REPLACE;

inline constexpr Part kAddressPart{&kAddress, 0};
inline constexpr Part kLinkPart{&kLink, 0};
inline constexpr Part kRoutePart{&kRoute, 0};

inline constexpr Operation kOperations[] = {
    {"addAddress", Mode::kAct, RTM_NEWADDR, kAdd, {kAddressPart}, {}},
    {"putAddress", Mode::kAct, RTM_NEWADDR, kPut, {kAddressPart}, {}},
    {"changeAddress", Mode::kAct, RTM_NEWADDR, kChange, {kAddressPart}, {}},
    {"removeAddress", Mode::kAct, RTM_DELADDR, 0, {kAddressPart}, {}},
    {"listAddresses", Mode::kDump, RTM_GETADDR, 0, {kAddressPart}, kAddressPart},
    {"addLink", Mode::kAct, RTM_NEWLINK, kAdd, {kLinkPart}, {}, true},
    {"setLink", Mode::kAct, RTM_NEWLINK, 0, {kLinkPart}, {}, true},
    {"removeLink", Mode::kAct, RTM_DELLINK, 0, {kLinkPart}, {}, true},
    {"getLink", Mode::kGet, RTM_GETLINK, 0, {kLinkPart}, kLinkPart},
    {"listLinks", Mode::kDump, RTM_GETLINK, 0, {kLinkPart}, kLinkPart},
    {"addRoute", Mode::kAct, RTM_NEWROUTE, kAdd, {kRoutePart}, {}},
    {"putRoute", Mode::kAct, RTM_NEWROUTE, kPut, {kRoutePart}, {}},
    {"removeRoute", Mode::kAct, RTM_DELROUTE, 0, {kRoutePart}, {}},
    {"getRoute", Mode::kGet, RTM_GETROUTE, 0, {kRoutePart}, kRoutePart},
    {"listRoutes", Mode::kDump, RTM_GETROUTE, 0, {kRoutePart}, kRoutePart},
};

}  // namespace lvs::route
