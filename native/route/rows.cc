#include "route/rows.h"

#include "route/link_info.h"
#include "route/next_hops.h"
#include "route/tables.h"

namespace lvs::route {

int readMore(const Table& table, const uint8_t* payload, size_t size, netlink::Devices& devices,
             ResultWriter& results) {
  if (&table == &kRoute) {
    return decodeNextHops(payload, size, indexOf(kNextHop), results, devices);
  }
  const Table* kind = nullptr;
  netlink::Attribute info;
  if (&table != &kLink || !findLinkInfo(payload, size, &kind, &info)) return 0;
  const Record record(results.record(indexOf(*kind), *kind));
  return netlink::decode(*kind, info.data, info.size, record, devices);
}

}  // namespace lvs::route
