#pragma once

#include "records/backend.h"

namespace lvs::nat {

// The nat rules of one network namespace, through whichever of the kernel's interfaces is asked
// for.
extern const Protocol kProtocol;

}  // namespace lvs::nat
