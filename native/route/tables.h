// All tables of this protocol, in the order of their numbers.
#pragma once

#include <iterator>

#include "route/address_table.h"
#include "route/event_tables.h"
#include "route/link_kinds.h"
#include "route/link_table.h"
#include "route/neighbour_table.h"
#include "route/route_table.h"
#include "route/rule_table.h"

namespace lvs::route {

inline constexpr const Table* kTables[] = {
    &kAddress, &kLink, &kRoute, &kNextHop, &kPlain, &kVeth, &kBridge,    &kVlan,  &kMacvlan,
    &kBond,    &kIpip, &kSit,   &kIp6tnl,  &kGre,   &kRule, &kNeighbour, &kWatch, &kEvent};

constexpr uint16_t indexOf(const Table& table) {
  uint16_t index = 0;
  while (index < std::size(kTables) && kTables[index] != &table) ++index;
  return index;
}

}  // namespace lvs::route
