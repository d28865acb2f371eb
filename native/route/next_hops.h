// RTA_MULTIPATH: the next hops of a route, an array of struct rtnexthop with attributes each.
#pragma once

#include "netlink/codec.h"
#include "netlink/message_reader.h"
#include "records/block.h"
#include "route/route_table.h"

namespace lvs::route {

// Writes one next hop for each block of that table. 0 or a negative errno.
int encodeNextHops(netlink::MessageWriter& writer, BlockReader blocks, uint16_t table,
                   netlink::EncodeContext& context);

// Appends one record for each next hop that a route's attributes hold. 0 or a negative errno.
int decodeNextHops(const uint8_t* payload, size_t size, uint16_t table, ResultWriter& results,
                   netlink::Devices& devices);

}  // namespace lvs::route
