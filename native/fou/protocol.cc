#include "fou/protocol.h"

#include <errno.h>
#include <linux/netlink.h>

#include <iterator>

#include "fou/tables.h"
#include "netlink/module.h"
#include "netlink/session.h"

namespace lvs::fou {
namespace {

using netlink::Mode;
using netlink::Operation;

constexpr const Table* kTables[] = {&kPort};
constexpr netlink::Part kPortPart{&kPort, 0};

constexpr Operation kOperations[] = {
    {"addPort", Mode::kAct, FOU_CMD_ADD, 0, {kPortPart}, {}},
    {"removePort", Mode::kAct, FOU_CMD_DEL, 0, {kPortPart}, {}},
    {"listPorts", Mode::kDump, FOU_CMD_GET, 0, {}, kPortPart},
};

class FouBackend final : public netlink::Session {
 public:
  FouBackend()
      : Session({NETLINK_GENERIC, FOU_GENL_NAME, FOU_GENL_VERSION, kOperations,
                 std::size(kOperations), kTables, std::size(kTables)}) {}

  // The module does not name the family that it makes, so the kernel does not look for it.
  int open(const char** stage) override {
    const int error = Session::open(stage);
    if (error != -ENOENT) return error;
    netlink::requestModule(FOU_GENL_NAME);
    return Session::open(stage);
  }
};

bool operationAt(uint16_t index, OperationName* operation) {
  if (index >= std::size(kOperations)) return false;
  *operation = {kOperations[index].name, kOperations[index].mode != Mode::kAct};
  return true;
}

Backend* make() { return new FouBackend(); }

}  // namespace

const Protocol kProtocol = {"fou", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::fou
