#include "conntrack/connections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>

#include <algorithm>
#include <vector>

namespace lvs::conntrack {
namespace {

using netlink::Attribute;
using netlink::findAttribute;
using netlink::MessageWriter;

// What older headers lack: CTA_FILTER, CTA_FILTER_ORIG_FLAGS, and the kernel's own bit for the
// destination address (CTA_FILTER_F_CTA_IP_DST of net/netfilter/nf_internals.h).
constexpr uint16_t kFilter = 25;
constexpr uint16_t kFilterOriginal = 1;
constexpr uint32_t kFilterDestination = 1 << 1;

constexpr int kMostReadings = 10;  // of a table that others keep changing

// How the kernel knows an entry: all that has to be sent to remove just that one.
struct Entry {
  std::vector<uint8_t> tuple;
  std::vector<uint8_t> id;
  std::vector<uint8_t> zone;
};

// Whether the kernel can choose by itself: one IPv4 address. For IPv6 its filter (6.1, 6.18) takes
// the addresses that differ, and kernels before 5.8 know no filter and give everything, so what
// comes is looked at as well.
bool canFilter(const Wanted& wanted) {
  const auto end = wanted.mask.begin() + sizeof(in_addr);
  return wanted.family == AF_INET &&
         std::all_of(wanted.mask.begin(), end, [](uint8_t byte) { return byte == 0xff; });
}

void writeFilter(MessageWriter& writer, const Wanted& wanted) {
  if (!canFilter(wanted)) return;
  const size_t tuple = writer.openNest(CTA_TUPLE_ORIG);
  const size_t addresses = writer.openNest(CTA_TUPLE_IP);
  writer.attribute(CTA_IP_V4_DST, wanted.destination.data(), sizeof(in_addr));
  writer.closeNest(addresses);
  writer.closeNest(tuple);
  const size_t filter = writer.openNest(kFilter);
  writer.value(kFilterOriginal, kFilterDestination);
  writer.closeNest(filter);
}

bool matchesAddress(const Attribute& tuple, const Wanted& wanted) {
  Attribute addresses;
  Attribute address;
  const bool ipv4 = wanted.family == AF_INET;
  const size_t size = ipv4 ? sizeof(in_addr) : sizeof(in6_addr);
  const uint16_t type = ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST;
  if (!findAttribute(tuple.data, tuple.size, CTA_TUPLE_IP, &addresses) ||
      !findAttribute(addresses.data, addresses.size, type, &address) || address.size != size) {
    return false;
  }
  for (size_t i = 0; i < size; ++i) {
    if (((address.data[i] ^ wanted.destination[i]) & wanted.mask[i]) != 0) return false;
  }
  return true;
}

bool matchesProtocol(const Attribute& tuple, const Wanted& wanted) {
  Attribute protocol;
  Attribute part;
  if (!findAttribute(tuple.data, tuple.size, CTA_TUPLE_PROTO, &protocol)) return false;
  if (wanted.protocol != 0 && (!findAttribute(protocol.data, protocol.size, CTA_PROTO_NUM, &part) ||
                               part.size < 1 || part.data[0] != wanted.protocol)) {
    return false;
  }
  return wanted.port == 0 ||
         (findAttribute(protocol.data, protocol.size, CTA_PROTO_DST_PORT, &part) &&
          part.size >= sizeof(uint16_t) && ntohs(load<uint16_t>(part.data)) == wanted.port);
}

std::vector<uint8_t> copyOf(const uint8_t* attributes, size_t size, uint16_t type) {
  Attribute found;
  if (!findAttribute(attributes, size, type, &found)) return {};
  return {found.data, found.data + found.size};
}

int read(netlink::NetfilterSocket& socket, const Wanted& wanted, std::vector<Entry>* entries) {
  entries->clear();
  return socket.dump(
      netlink::netfilterType(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET), wanted.family,
      [&](MessageWriter& writer) { writeFilter(writer, wanted); },
      [&](const uint8_t* attributes, size_t size) {
        Attribute tuple;
        if (!findAttribute(attributes, size, CTA_TUPLE_ORIG, &tuple) ||
            !matchesAddress(tuple, wanted) || !matchesProtocol(tuple, wanted)) {
          return;
        }
        entries->push_back({{tuple.data, tuple.data + tuple.size},
                            copyOf(attributes, size, CTA_ID),
                            copyOf(attributes, size, CTA_ZONE)});
      });
}

// By its tuple and its number: a new connection may have taken the tuple over.
int remove(netlink::NetfilterSocket& socket, uint8_t family, const Entry& entry) {
  MessageWriter writer;
  socket.begin(writer, netlink::netfilterType(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE),
               NLM_F_ACK, family);
  writer.attribute(CTA_TUPLE_ORIG | NLA_F_NESTED, entry.tuple.data(), entry.tuple.size());
  if (!entry.id.empty()) writer.attribute(CTA_ID, entry.id.data(), entry.id.size());
  if (!entry.zone.empty()) writer.attribute(CTA_ZONE, entry.zone.data(), entry.zone.size());
  netlink::Message answer;
  return socket.ask(writer, &answer);
}

}  // namespace

int drop(netlink::NetfilterSocket& socket, const Wanted& wanted, uint32_t* dropped) {
  *dropped = 0;
  if (const int error = socket.open()) return error;
  std::vector<Entry> entries;
  int error = -EINTR;
  for (int i = 0; error == -EINTR && i < kMostReadings; ++i) error = read(socket, wanted, &entries);
  if (error != 0) return error;
  for (const Entry& entry : entries) {
    error = remove(socket, wanted.family, entry);
    if (error == 0) ++*dropped;
    if (error != 0 && error != -ENOENT) return error;
  }
  return 0;
}

}  // namespace lvs::conntrack
