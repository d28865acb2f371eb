#pragma once

#include "records/backend.h"

namespace lvs::sysctl {

// The settings under /proc/sys/net of one network namespace.
extern const Protocol kProtocol;

}  // namespace lvs::sysctl
