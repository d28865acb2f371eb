#pragma once

#include "records/backend.h"

namespace lvs::route {

// rtnetlink of one network namespace: addresses, links and routes.
extern const Protocol kProtocol;

}  // namespace lvs::route
