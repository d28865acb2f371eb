// The generic netlink controller: which number a family has in this boot.
#pragma once

#include "netlink/socket.h"

namespace lvs::netlink {

// Asks for the family's number; the kernel loads the family's module if it can.
// 0 or a negative errno (-ENOENT: this kernel has no such family).
int resolveFamily(Socket& socket, const char* name, uint16_t* id);

}  // namespace lvs::netlink
