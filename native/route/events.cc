#include "route/events.h"

#include <errno.h>

#include "netlink/codec.h"
#include "records/record.h"
#include "route/rows.h"
#include "route/tables.h"

namespace lvs::route {
namespace {

struct Announced {
  uint16_t made;
  uint16_t removed;
  const Table* table;
};

constexpr Announced kAnnounced[] = {
    {RTM_NEWADDR, RTM_DELADDR, &kAddress},     {RTM_NEWLINK, RTM_DELLINK, &kLink},
    {RTM_NEWROUTE, RTM_DELROUTE, &kRoute},     {RTM_NEWRULE, RTM_DELRULE, &kRule},
    {RTM_NEWNEIGH, RTM_DELNEIGH, &kNeighbour}, {RTM_NEWNEXTHOP, RTM_DELNEXTHOP, nullptr},
};

const Announced* find(uint16_t type) {
  for (const Announced& announced : kAnnounced) {
    if (type == announced.made || type == announced.removed) return &announced;
  }
  return nullptr;
}

// Bridges announce their ports, and wireless drivers their events, in messages that look like those
// of devices.
bool isDevice(const netlink::Message& message) {
  netlink::Attribute name;
  return load<ifinfomsg>(message.payload).ifi_family == AF_UNSPEC &&
         netlink::findAttribute(message.payload + sizeof(ifinfomsg),
                                message.size - sizeof(ifinfomsg), IFLA_IFNAME, &name);
}

// Names are those of the time of the message, whatever the devices are called when it is read.
void learnName(ConstRecord link, bool removed, netlink::Devices& devices) {
  const auto& fields = kLinkLayout.fields;
  const auto index = link.get<uint32_t>(fields[fieldIndex(kLinkLayout, "index")]);
  const Field& name = fields[fieldIndex(kLinkLayout, "name")];
  devices.learn(index, removed ? nullptr : reinterpret_cast<const char*>(link.at(name)));
}

}  // namespace

int Events::readEvent(const netlink::Message& message, netlink::Devices& devices,
                      ResultWriter& results) {
  const Announced* announced = find(message.header.nlmsg_type);
  if (announced == nullptr) return 0;
  const bool isLink = announced->table == &kLink;
  if (isLink && message.size < sizeof(ifinfomsg)) return -EBADMSG;
  if (isLink && !isDevice(message)) return 0;
  const bool removed = message.header.nlmsg_type == announced->removed;
  Record event(results.record(indexOf(kEvent), kEvent));
  const auto put = [&event](const char* field, bool value) {
    event.put<uint8_t>(kEvent, fieldIndex(kEventLayout, field), value ? 1 : 0);
  };
  put("subject", announced->table == nullptr);
  put("removed", removed);
  put("replaces", (message.header.nlmsg_flags & NLM_F_REPLACE) != 0);
  if (announced->table == nullptr) return 0;
  uint8_t* object = results.record(indexOf(*announced->table), *announced->table);
  const int error =
      netlink::decode(*announced->table, message.payload, message.size, Record(object), devices);
  if (error != 0) return error;
  if (isLink) learnName(ConstRecord(object), removed, devices);
  return readMore(*announced->table, message.payload, message.size, devices, results);
}

}  // namespace lvs::route
