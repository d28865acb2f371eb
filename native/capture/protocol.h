#pragma once

#include "records/backend.h"

namespace lvs::capture {

// One capture on one device.
extern const Protocol kProtocol;

}  // namespace lvs::capture
