#include "conntrack/original_destination.h"

#include <errno.h>
#include <netinet/in.h>

#include <cstring>

namespace lvs::conntrack {
namespace {

// SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST: neither header goes together with netinet/in.h
// everywhere.
constexpr int kOriginalDestination = 80;

bool isIpv4(const sockaddr_storage& local) {
  if (local.ss_family == AF_INET) return true;
  sockaddr_in6 inet6;
  memcpy(&inet6, &local, sizeof inet6);
  return IN6_IS_ADDR_V4MAPPED(&inet6.sin6_addr);
}

}  // namespace

int originalDestination(int socket, sockaddr_storage* address) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&local), &size) != 0) return -errno;
  if (local.ss_family != AF_INET && local.ss_family != AF_INET6) return -EAFNOSUPPORT;
  const int level = isIpv4(local) ? IPPROTO_IP : IPPROTO_IPV6;
  *address = {};
  size = sizeof *address;
  return getsockopt(socket, level, kOriginalDestination, address, &size) == 0 ? 0 : -errno;
}

}  // namespace lvs::conntrack
