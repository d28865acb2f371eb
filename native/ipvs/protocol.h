#pragma once

#include "records/backend.h"

namespace lvs::ipvs {

// The IPVS family of one network namespace, with its connection table.
extern const Protocol kProtocol;

}  // namespace lvs::ipvs
