// The commands of the IPVS family, as one table.
#pragma once

#include "ipvs/tables.h"
#include "netlink/operation.h"

namespace lvs::ipvs {

using netlink::Mode;
using netlink::Operation;

inline constexpr netlink::Part kServicePart{&kService, IPVS_CMD_ATTR_SERVICE};
inline constexpr netlink::Part kDestPart{&kDest, IPVS_CMD_ATTR_DEST};
inline constexpr netlink::Part kDaemonPart{&kDaemon, IPVS_CMD_ATTR_DAEMON};
inline constexpr netlink::Part kTimeoutsPart{&kTimeouts, 0};
inline constexpr netlink::Part kInfoPart{&kInfo, 0};

inline constexpr Operation kOperations[] = {
    {"addService", Mode::kAct, IPVS_CMD_NEW_SERVICE, 0, {kServicePart}, {}},
    {"setService", Mode::kAct, IPVS_CMD_SET_SERVICE, 0, {kServicePart}, {}},
    {"removeService", Mode::kAct, IPVS_CMD_DEL_SERVICE, 0, {kServicePart}, {}},
    {"getService", Mode::kGet, IPVS_CMD_GET_SERVICE, 0, {kServicePart}, kServicePart},
    {"listServices", Mode::kDump, IPVS_CMD_GET_SERVICE, 0, {}, kServicePart},
    {"addDest", Mode::kAct, IPVS_CMD_NEW_DEST, 0, {kServicePart, kDestPart}, {}},
    {"setDest", Mode::kAct, IPVS_CMD_SET_DEST, 0, {kServicePart, kDestPart}, {}},
    {"removeDest", Mode::kAct, IPVS_CMD_DEL_DEST, 0, {kServicePart, kDestPart}, {}},
    {"listDests", Mode::kDump, IPVS_CMD_GET_DEST, 0, {kServicePart}, kDestPart},
    {"startDaemon", Mode::kAct, IPVS_CMD_NEW_DAEMON, 0, {kDaemonPart}, {}},
    {"stopDaemon", Mode::kAct, IPVS_CMD_DEL_DAEMON, 0, {kDaemonPart}, {}},
    {"listDaemons", Mode::kDump, IPVS_CMD_GET_DAEMON, 0, {}, kDaemonPart},
    {"setTimeouts", Mode::kAct, IPVS_CMD_SET_CONFIG, 0, {kTimeoutsPart}, {}},
    {"getTimeouts", Mode::kGet, IPVS_CMD_GET_CONFIG, 0, {}, kTimeoutsPart},
    {"getInfo", Mode::kGet, IPVS_CMD_GET_INFO, 0, {}, kInfoPart},
    {"zero", Mode::kAct, IPVS_CMD_ZERO, 0, {kServicePart}, {}},
    {"flush", Mode::kAct, IPVS_CMD_FLUSH, 0, {}, {}},
};

inline constexpr const Operation& kListServices = kOperations[4];
inline constexpr const Operation& kListDests = kOperations[8];
static_assert(sameText(kListServices.name, "listServices") &&
                  sameText(kListDests.name, "listDests"),
              "the places of the operations in their table");

}  // namespace lvs::ipvs
