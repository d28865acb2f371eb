#include "netlink/generic.h"

#include <errno.h>

#include "netlink/message_reader.h"
#include "netlink/message_writer.h"
#include "netlink/reply.h"

namespace lvs::netlink {
namespace {

constexpr uint32_t kSequence = 1;

int readFamily(const Message& message, uint16_t* id) {
  if (message.header.nlmsg_type == NLMSG_ERROR) return readVerdict(message).error;
  if (message.size < kGenericHeader) return -EBADMSG;
  Attribute attribute;
  if (!findAttribute(message.payload + kGenericHeader, message.size - kGenericHeader,
                     CTRL_ATTR_FAMILY_ID, &attribute) ||
      attribute.size < sizeof *id) {
    return -EBADMSG;
  }
  *id = load<uint16_t>(attribute.data);
  return 0;
}

}  // namespace

int resolveFamily(Socket& socket, const char* name, uint16_t* id) {
  MessageWriter writer;
  const genlmsghdr header{CTRL_CMD_GETFAMILY, 1, 0};
  writer.begin(GENL_ID_CTRL, NLM_F_REQUEST, kSequence);
  writer.fixed(&header, sizeof header);
  writer.text(CTRL_ATTR_FAMILY_NAME, name);
  writer.end();
  if (const int error = socket.send(writer.bytes().data(), writer.size())) return error;
  std::vector<Datagram> datagrams;
  while (true) {
    const int count = socket.receive(&datagrams);
    if (count < 0) return count;
    for (const Datagram& datagram : datagrams) {
      MessageReader reader(datagram.data, datagram.size);
      Message message;
      while (reader.next(&message)) {
        if (message.header.nlmsg_seq == kSequence) return readFamily(message, id);
      }
    }
  }
}

}  // namespace lvs::netlink
