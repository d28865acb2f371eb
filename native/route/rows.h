// What an object has beyond the record of its own table: further records behind it.
#pragma once

#include "netlink/devices.h"
#include "records/block.h"

namespace lvs::route {

// Appends the settings of a device's kind, or the next hops of a route. 0 or a negative errno.
int readMore(const Table& table, const uint8_t* payload, size_t size, netlink::Devices& devices,
             ResultWriter& results);

}  // namespace lvs::route
