// IFLA_LINKINFO: the settings of a device whose table depends on the device's kind.
#pragma once

#include "netlink/codec.h"
#include "netlink/message_reader.h"
#include "route/link_kinds.h"

namespace lvs::route {

// Writes the attribute from a record of one of the kLinkKinds. 0 or a negative errno.
int encodeLinkInfo(netlink::MessageWriter& writer, const Table& kind, const uint8_t* record,
                   netlink::EncodeContext& context);

// Finds what a link's attributes say of its kind: the table for it and the bytes to decode. False
// when there is nothing to tell, or no table of that kind.
bool findLinkInfo(const uint8_t* payload, size_t size, const Table** kind,
                  netlink::Attribute* info);

}  // namespace lvs::route
