#include "netlink/netfilter.h"

namespace lvs::netlink {

int NetfilterSocket::open() {
  if (isOpen_) return 0;
  const int error = socket_.open(NETLINK_NETFILTER);
  isOpen_ = error == 0;
  return error;
}

void NetfilterSocket::begin(MessageWriter& writer, uint16_t type, uint16_t flags, uint8_t family) {
  writer.begin(type, static_cast<uint16_t>(NLM_F_REQUEST | flags), sequence_);
  const nfgenmsg header{family, NFNETLINK_V0, 0};
  writer.fixed(&header, sizeof header);
}

int NetfilterSocket::abandonQueued(int error) {
  isOpen_ = false;
  const int reopened = open();
  return reopened != 0 ? reopened : error;
}

int NetfilterSocket::ask(MessageWriter& writer, Message* answer) {
  writer.end();
  const uint32_t sequence = sequence_++;
  if (const int error = socket_.send(writer.bytes().data(), writer.size())) return error;
  int result = -EBADMSG;
  // The kernel has queued the answer, and with it possibly an acknowledgement, by now.
  while (socket_.receive(&datagrams_) > 0) {
    for (const Datagram& datagram : datagrams_) {
      MessageReader reader(datagram.data, datagram.size);
      Message message;
      while (result == -EBADMSG && reader.next(&message)) {
        if (message.header.nlmsg_seq != sequence) continue;
        *answer = message;
        result = message.header.nlmsg_type == NLMSG_ERROR ? readVerdict(message).error : 0;
      }
    }
    if (result != -EBADMSG) return result;
  }
  return result;
}

}  // namespace lvs::netlink
