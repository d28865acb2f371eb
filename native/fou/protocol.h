#pragma once

#include "records/backend.h"

namespace lvs::fou {

// The UDP ports of one network namespace that tunnels end at: the generic netlink family `fou`.
extern const Protocol kProtocol;

}  // namespace lvs::fou
