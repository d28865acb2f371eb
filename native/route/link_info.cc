#include "route/link_info.h"

#include <cstring>

#include "netlink/message_reader.h"

namespace lvs::route {
namespace {

using netlink::Attribute;
using netlink::findAttribute;

const Table* tableOfKind(const Attribute& kind) {
  const auto* name = reinterpret_cast<const char*>(kind.data);
  const size_t length = strnlen(name, kind.size);
  for (const Table* table : kLinkKinds) {
    if (strlen(table->name) == length && memcmp(table->name, name, length) == 0) return table;
  }
  return nullptr;
}

}  // namespace

int encodeLinkInfo(netlink::MessageWriter& writer, const Table& kind, const uint8_t* record,
                   netlink::EncodeContext& context) {
  const size_t mark = writer.openNest(IFLA_LINKINFO);
  const int error = netlink::encode(writer, kind, ConstRecord(record), context);
  writer.closeNest(mark);
  return error != 0 ? error : writer.error();
}

bool findLinkInfo(const uint8_t* payload, size_t size, const Table** kind, Attribute* info) {
  if (size < sizeof(ifinfomsg)) return false;
  Attribute name;
  if (!findAttribute(payload + sizeof(ifinfomsg), size - sizeof(ifinfomsg), IFLA_LINKINFO, info) ||
      !findAttribute(info->data, info->size, IFLA_INFO_KIND, &name)) {
    return false;
  }
  *kind = tableOfKind(name);
  return *kind != nullptr;
}

}  // namespace lvs::route
