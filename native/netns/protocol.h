#pragma once

#include "records/backend.h"

namespace lvs::namespaces {

// Named network namespaces, and sockets in the handle's namespace.
extern const Protocol kProtocol;

}  // namespace lvs::namespaces
