#pragma once

#include "records/backend.h"

namespace lvs::nat {

// The nat rules of one network namespace, through whichever of the kernel's interfaces is asked
// for.
extern const Protocol kProtocol;

// Whole tables of legacy x_tables, loaded, edited and committed.
extern const Protocol kTablesProtocol;

}  // namespace lvs::nat
