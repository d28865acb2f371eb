// Where the client of an accepted socket had meant to go, before nat sent it here.
#pragma once

#include <sys/socket.h>

namespace lvs::conntrack {

// Fills in a sockaddr_in or sockaddr_in6: an IPv4 connection of an IPv6 socket gives the former.
// 0 or a negative errno (-ENOENT: the connection isn't tracked; -ENOPROTOOPT: the kernel tracks
// none).
int originalDestination(int socket, sockaddr_storage* address);

}  // namespace lvs::conntrack
