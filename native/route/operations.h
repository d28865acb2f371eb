// The requests of rtnetlink, as one table.
#pragma once

#include "netlink/operation.h"
#include "route/address_table.h"
#include "route/link_table.h"
#include "route/neighbour_table.h"
#include "route/route_table.h"
#include "route/rule_table.h"

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
inline constexpr Part kRulePart{&kRule, 0};
inline constexpr Part kNeighbourPart{&kNeighbour, 0};

inline constexpr Operation kOperations[] = {
    {"addAddress", Mode::kAct, RTM_NEWADDR, kAdd, {kAddressPart}, {}},
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
    {"addRule", Mode::kAct, RTM_NEWRULE, kAdd, {kRulePart}, {}},
    {"removeRule", Mode::kAct, RTM_DELRULE, 0, {kRulePart}, {}},
    {"listRules", Mode::kDump, RTM_GETRULE, 0, {kRulePart}, kRulePart},
    {"addNeighbour", Mode::kAct, RTM_NEWNEIGH, kAdd, {kNeighbourPart}, {}},
    {"putNeighbour", Mode::kAct, RTM_NEWNEIGH, kPut, {kNeighbourPart}, {}},
    {"removeNeighbour", Mode::kAct, RTM_DELNEIGH, 0, {kNeighbourPart}, {}},
    {"listNeighbours", Mode::kDump, RTM_GETNEIGH, 0, {kNeighbourPart}, kNeighbourPart},
};

}  // namespace lvs::route
