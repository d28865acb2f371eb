#include "route/protocol.h"

#include <linux/netlink.h>

#include <iterator>

#include "netlink/session.h"
#include "route/link_info.h"
#include "route/next_hops.h"
#include "route/operations.h"

namespace lvs::route {
namespace {

constexpr const Table* kTables[] = {&kAddress, &kLink, &kRoute,   &kNextHop,  &kPlain, &kVeth,
                                    &kBridge,  &kVlan, &kMacvlan, &kBond,     &kIpip,  &kSit,
                                    &kIp6tnl,  &kGre,  &kRule,    &kNeighbour};
constexpr uint16_t kNetlinkOperations = std::size(kOperations);

class RouteBackend : public netlink::Session {
 public:
  RouteBackend()
      : Session({NETLINK_ROUTE, nullptr, 0, kOperations, kNetlinkOperations, kTables,
                 std::size(kTables)}) {}

 protected:
  int encodeMore(const Request& request, const Operation& operation, netlink::MessageWriter& writer,
                 netlink::EncodeContext& context) override {
    const Table* table = operation.parts[0].table;
    if (table == &kRoute) {
      return encodeNextHops(writer, request.blocks(), tableIndex(&kNextHop), context);
    }
    if (table != &kLink) return 0;
    for (const Table* kind : kLinkKinds) {
      const uint8_t* record = nullptr;
      const int found = findRecord(request, *kind, &record);
      if (found < 0) return found;
      if (found == 1) return encodeLinkInfo(writer, *kind, record, context);
    }
    return 0;
  }

  int decodeMore(const Operation& operation, const uint8_t* payload, size_t size,
                 ResultWriter& results) override {
    const Table* table = operation.reply.table;
    if (table == &kRoute) {
      return decodeNextHops(payload, size, tableIndex(&kNextHop), results, devices());
    }
    const Table* kind = nullptr;
    netlink::Attribute info;
    if (table != &kLink || !findLinkInfo(payload, size, &kind, &info)) return 0;
    const Record record(results.record(tableIndex(kind), *kind));
    return netlink::decode(*kind, info.data, info.size, record, devices());
  }
};

bool operationAt(uint16_t index, OperationName* operation) {
  if (index >= kNetlinkOperations) return false;
  *operation = {kOperations[index].name, kOperations[index].mode != Mode::kAct};
  return true;
}

Backend* make() { return new RouteBackend(); }

}  // namespace

const Protocol kProtocol = {"route", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::route
