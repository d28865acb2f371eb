#include <errno.h>
#include <netinet/in.h>

#include "conntrack/original_destination.h"
#include "nat/protocol.h"
#include "nat/tables.h"
#include "records/record.h"

namespace lvs::nat {

int originalDestination(int socket, uint8_t* record, size_t size) {
  if (size != kEndpointTable.size) return -EINVAL;
  sockaddr_storage address{};
  if (const int error = conntrack::originalDestination(socket, &address)) return error;
  const auto* bytes = reinterpret_cast<const uint8_t*>(&address);
  const bool ipv4 = address.ss_family == AF_INET;
  const size_t addressAt =
      ipv4 ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr);
  const size_t portAt = ipv4 ? offsetof(sockaddr_in, sin_port) : offsetof(sockaddr_in6, sin6_port);
  memset(record, 0, size);
  Record endpoint(record);
  endpoint.putBytes(kEndpointTable, fieldIndex(kEndpointLayout, "address"), bytes + addressAt,
                    ipv4 ? sizeof(in_addr) : sizeof(in6_addr));
  endpoint.put(kEndpointTable, fieldIndex(kEndpointLayout, "port"),
               ntohs(load<uint16_t>(bytes + portAt)));
  return 0;
}

}  // namespace lvs::nat
