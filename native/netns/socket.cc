#include "netns/socket.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>

#include "netns/tables.h"

namespace lvs::namespaces {
namespace {

constexpr size_t kFamilyAt = fieldIndex(kSocketLayout, "family");
constexpr size_t kAddressAt = fieldIndex(kSocketLayout, "address");
constexpr size_t kPortAt = fieldIndex(kSocketLayout, "port");
constexpr size_t kMarkAt = fieldIndex(kSocketLayout, "mark");
constexpr size_t kDeviceAt = fieldIndex(kSocketLayout, "device");

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

template <size_t Index>
constexpr const Field& field() {
  return kSocket.fields[Index];
}

const char* deviceOf(ConstRecord wanted) {
  return reinterpret_cast<const char*>(wanted.at(field<kDeviceAt>()));
}

// The address that the record gives, or that of any interface.
SocketAddress addressOf(ConstRecord wanted) {
  const uint8_t* bytes = wanted.at(field<kAddressAt>()) + 4;  // its length comes first
  const in_port_t port = htons(wanted.get<uint16_t>(field<kPortAt>()));
  SocketAddress address;
  if (wanted.get<uint16_t>(field<kFamilyAt>()) == AF_INET) {
    sockaddr_in inet{};
    inet.sin_family = AF_INET;
    inet.sin_port = port;
    memcpy(&inet.sin_addr, bytes, sizeof inet.sin_addr);
    address.size = sizeof inet;
    memcpy(&address.storage, &inet, sizeof inet);
    return address;
  }
  sockaddr_in6 inet6{};
  inet6.sin6_family = AF_INET6;
  inet6.sin6_port = port;
  memcpy(&inet6.sin6_addr, bytes, sizeof inet6.sin6_addr);
  if (IN6_IS_ADDR_LINKLOCAL(&inet6.sin6_addr) && wanted.has(kDeviceAt)) {
    inet6.sin6_scope_id = if_nametoindex(deviceOf(wanted));
  }
  address.size = sizeof inet6;
  memcpy(&address.storage, &inet6, sizeof inet6);
  return address;
}

int set(const Descriptor& socket, int level, int option, const void* value, size_t size) {
  const auto length = static_cast<socklen_t>(size);
  return setsockopt(socket.number(), level, option, value, length) == 0 ? 0 : -errno;
}

int make(ConstRecord wanted, Descriptor* made, Refusal* refusal) {
  *refusal = {"socket", "family"};
  const int family = wanted.get<uint16_t>(field<kFamilyAt>());
  *made = Descriptor(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!made->valid()) return -errno;
  const int on = 1;
  *refusal = {"setsockopt", nullptr};
  if (const int error = set(*made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)) return error;
  if (wanted.has(kMarkAt)) {
    *refusal = {"setsockopt", "mark"};
    const auto mark = wanted.get<uint32_t>(field<kMarkAt>());
    if (const int error = set(*made, SOL_SOCKET, SO_MARK, &mark, sizeof mark)) return error;
  }
  if (!wanted.has(kDeviceAt)) return 0;
  *refusal = {"setsockopt", "device"};
  const size_t length = wanted.textLength(field<kDeviceAt>());
  return set(*made, SOL_SOCKET, SO_BINDTODEVICE, deviceOf(wanted), length);
}

int bindTo(const Descriptor& socket, const SocketAddress& address, Refusal* refusal) {
  *refusal = {"bind", "address"};
  const auto* wanted = reinterpret_cast<const sockaddr*>(&address.storage);
  return bind(socket.number(), wanted, address.size) == 0 ? 0 : -errno;
}

}  // namespace

int openSocket(ConstRecord wanted, Descriptor* socket, Refusal* refusal) {
  if (const int error = make(wanted, socket, refusal)) return error;
  if (!wanted.has(kAddressAt) && !wanted.has(kPortAt)) return 0;
  if (!wanted.has(kPortAt)) {
    // The port is chosen at connect time, when the peer is known: one per peer, not one per
    // address, so that an address has many more than 28 000 of them.
    const int on = 1;
    *refusal = {"setsockopt", "address"};
    const int error = set(*socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (error != 0) return error;
  }
  return bindTo(*socket, addressOf(wanted), refusal);
}

int openListener(ConstRecord wanted, Descriptor* socket, Refusal* refusal) {
  if (const int error = make(wanted, socket, refusal)) return error;
  if (const int error = bindTo(*socket, addressOf(wanted), refusal)) return error;
  *refusal = {"listen", "address"};
  return listen(socket->number(), SOMAXCONN) == 0 ? 0 : -errno;
}

}  // namespace lvs::namespaces
