#pragma once

#include "records/backend.h"

namespace lvs::nat {

// The nat rules of one network namespace, through whichever of the kernel's interfaces is asked
// for.
extern const Protocol kProtocol;

// Whole tables of legacy x_tables, loaded, edited and committed.
extern const Protocol kTablesProtocol;

// Fills in a record of the table "endpoint": where the client of an accepted socket had meant to
// go. For the thread whose socket it is, which alone can't have it closed meanwhile. 0 or a
// negative errno.
int originalDestination(int socket, uint8_t* record, size_t size);

}  // namespace lvs::nat
