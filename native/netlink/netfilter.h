// A socket to nfnetlink, which nf_tables and conntrack share: behind each message's header stand a
// family, a version and a resource, and the message's type names the subsystem too.
#pragma once

#include <linux/netfilter/nfnetlink.h>

#include "netlink/message_reader.h"
#include "netlink/message_writer.h"
#include "netlink/reply.h"
#include "netlink/socket.h"

namespace lvs::netlink {

constexpr uint16_t netfilterType(uint8_t subsystem, uint8_t message) {
  return static_cast<uint16_t>(subsystem << 8 | message);
}

class NetfilterSocket {
 public:
  // Opens in the network namespace of the calling thread, once. 0 or a negative errno
  // (-EPROTONOSUPPORT: the kernel has no nfnetlink).
  int open();

  uint32_t port() const { return socket_.port(); }
  // Bytes that one message, or batch of them, may have.
  size_t sendRoom() const { return socket_.sendRoom(); }

  // Starts a message with the number that its answer will carry.
  void begin(MessageWriter& writer, uint16_t type, uint16_t flags, uint8_t family);

  // Sends the message that was begun last, which is answered by one. 0, or the kernel's verdict.
  // The answer is valid until the next receive.
  int ask(MessageWriter& writer, Message* answer);

  // Calls onRow(attributes, size) for each object; `fill` adds the attributes of the question.
  // -EINTR: what is listed changed in between, so rows may be missing.
  template <typename Fill, typename OnRow>
  int dump(uint16_t type, uint8_t family, Fill fill, OnRow onRow);

 protected:
  // A socket with unread messages would mix them into the next answer.
  int abandonQueued(int error);

  Socket socket_;
  uint32_t sequence_ = 1;  // of the next message
  std::vector<Datagram> datagrams_;

 private:
  template <typename OnRow>
  int collect(uint32_t sequence, OnRow onRow);

  bool isOpen_ = false;
};

template <typename Fill, typename OnRow>
int NetfilterSocket::dump(uint16_t type, uint8_t family, Fill fill, OnRow onRow) {
  MessageWriter writer;
  begin(writer, type, NLM_F_DUMP, family);
  fill(writer);
  writer.end();
  const uint32_t sequence = sequence_++;
  const int error = socket_.send(writer.bytes().data(), writer.size());
  return error != 0 ? error : collect(sequence, onRow);
}

inline bool endsDump(const Message& message) {
  return message.header.nlmsg_type == NLMSG_DONE || message.header.nlmsg_type == NLMSG_ERROR;
}

inline int dumpVerdict(const Message& message, bool interrupted) {
  const int error = readVerdict(message).error;
  return error == 0 && interrupted ? -EINTR : error;
}

// Reads until the dump's end.
template <typename OnRow>
int NetfilterSocket::collect(uint32_t sequence, OnRow onRow) {
  bool interrupted = false;
  while (true) {
    const int received = socket_.receive(&datagrams_);
    if (received < 0) return abandonQueued(received);
    for (const Datagram& datagram : datagrams_) {
      MessageReader reader(datagram.data, datagram.size);
      Message message;
      while (reader.next(&message)) {
        if (message.header.nlmsg_seq != sequence) continue;
        if ((message.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) interrupted = true;
        if (endsDump(message)) return dumpVerdict(message, interrupted);
        if (message.size < sizeof(nfgenmsg)) return -EBADMSG;
        onRow(message.payload + sizeof(nfgenmsg), message.size - sizeof(nfgenmsg));
      }
    }
  }
}

}  // namespace lvs::netlink
