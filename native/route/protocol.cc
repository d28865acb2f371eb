#include "route/protocol.h"

#include <errno.h>
#include <linux/netlink.h>

#include <iterator>
#include <string>

#include "netlink/module.h"
#include "netlink/session.h"
#include "netlink/subscriptions.h"
#include "route/events.h"
#include "route/link_info.h"
#include "route/next_hops.h"
#include "route/operations.h"
#include "route/rows.h"
#include "route/tables.h"

namespace lvs::route {
namespace {

constexpr uint16_t kNetlinkOperations = std::size(kOperations);
constexpr uint16_t kSubscriptionOperations = std::size(netlink::kSubscriptionOperations);
// Behind those of subscriptions: its one text is the name of a module to load.
constexpr OperationName kRequestModule = {"requestModule", false};
constexpr size_t kLongestModule = IF_NAMESIZE - 1;

int requestModule(const Request& request) {
  BlockReader blocks = request.blocks();
  Block name;
  if (!blocks.next(&name) || name.header.size > kLongestModule) return -EINVAL;
  const auto* text = reinterpret_cast<const char*>(name.body);
  netlink::requestModule(std::string(text, name.header.size).c_str());
  return 0;
}

class RouteBackend : public netlink::Session {
 public:
  RouteBackend()
      : Session({NETLINK_ROUTE, nullptr, 0, kOperations, kNetlinkOperations, kTables,
                 std::size(kTables)}) {}

  Watcher* watcher() override { return &subscriptions_; }

 protected:
  int encodeMore(const Request& request, const Operation& operation, netlink::MessageWriter& writer,
                 netlink::EncodeContext& context) override {
    const Table* table = operation.parts[0].table;
    if (table == &kRoute) {
      return encodeNextHops(writer, request.blocks(), indexOf(kNextHop), context);
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
    return readMore(*operation.reply.table, payload, size, devices(), results);
  }

  bool runOther(const Request& request, Host& host) override {
    const int operation = request.header.operation - kNetlinkOperations;
    if (operation == kSubscriptionOperations) {
      host.results().begin(request.header.id);
      host.results().end(requestModule(request));
      return true;
    }
    if (operation > kSubscriptionOperations) return false;
    subscriptions_.run(static_cast<uint16_t>(operation), request, host);
    return true;
  }

 private:
  Events events_;
  netlink::Subscriptions subscriptions_{NETLINK_ROUTE, kWatchLayout, indexOf(kWatch), events_};
};

bool operationAt(uint16_t index, OperationName* operation) {
  if (index < kNetlinkOperations) {
    *operation = {kOperations[index].name, kOperations[index].mode != Mode::kAct};
    return true;
  }
  const size_t other = index - kNetlinkOperations;
  if (other > kSubscriptionOperations) return false;
  *operation =
      other == kSubscriptionOperations ? kRequestModule : netlink::kSubscriptionOperations[other];
  return true;
}

Backend* make() { return new RouteBackend(); }

}  // namespace

const Protocol kProtocol = {"route", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::route
