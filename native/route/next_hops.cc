#include "route/next_hops.h"

#include <errno.h>

namespace lvs::route {

int encodeNextHops(netlink::MessageWriter& writer, BlockReader blocks, uint16_t table,
                   netlink::EncodeContext& context) {
  Block block;
  size_t nest = 0;
  while (blocks.next(&block)) {
    if (block.header.table != table) continue;
    if (block.header.size != kNextHop.size) return -EINVAL;
    if (nest == 0) nest = writer.openNest(RTA_MULTIPATH);
    const size_t hop = writer.size();
    const int error = netlink::encode(writer, kNextHop, ConstRecord(block.body), context);
    if (error != 0) return error;
    // rtnh_len comes first, as in an attribute, but there is no type behind it.
    writer.closeNest(hop);
  }
  if (nest != 0) writer.closeNest(nest);
  return writer.error();
}

int decodeNextHops(const uint8_t* payload, size_t size, uint16_t table, ResultWriter& results,
                   netlink::Devices& devices) {
  netlink::Attribute attribute;
  if (size < sizeof(rtmsg) || !netlink::findAttribute(payload + sizeof(rtmsg), size - sizeof(rtmsg),
                                                      RTA_MULTIPATH, &attribute)) {
    return 0;
  }
  const uint8_t* at = attribute.data;
  size_t left = attribute.size;
  while (left >= sizeof(rtnexthop)) {
    const size_t length = load<rtnexthop>(at).rtnh_len;
    if (length < sizeof(rtnexthop) || length > left) return -EBADMSG;
    const Record record(results.record(table, kNextHop));
    if (const int error = netlink::decode(kNextHop, at, length, record, devices)) return error;
    const size_t step = netlink::aligned(length) < left ? netlink::aligned(length) : left;
    at += step;
    left -= step;
  }
  return 0;
}

}  // namespace lvs::route
