// A socket to nf_tables: dumps, questions and transactions.
#pragma once

#include <linux/netfilter/nfnetlink.h>

#include "netlink/message_reader.h"
#include "netlink/reply.h"
#include "netlink/socket.h"
#include "nftables/batch.h"

namespace lvs::nftables {

class Connection {
 public:
  // Opens in the network namespace of the calling thread, once. 0 or a negative errno
  // (-EPROTONOSUPPORT: the kernel has no nfnetlink).
  int open();

  // The number of the ruleset's state, which every change moves on. -EPERM: CAP_NET_ADMIN is
  // missing; other errors: the kernel has no nf_tables.
  int generation(uint32_t* id);

  // Whether nft_compat can take a target (or a match) of x_tables. Loads its module if it can.
  int supports(uint8_t family, bool target, const char* name, uint8_t revision);

  // Calls onRow(attributes, size) for each object; `fill` adds the attributes of the question.
  // -EINTR: the ruleset changed in between, so rows may be missing.
  template <typename Fill, typename OnRow>
  int dump(uint8_t type, uint8_t family, Fill fill, OnRow onRow);

  uint32_t nextSequence() const { return sequence_; }
  // Sends a finished batch. 0; -ERESTART, the ruleset has moved on; -ECANCELED, messages were
  // refused: see `refusals`; or another negative errno that is the whole batch's.
  int transact(const Batch& batch, std::vector<Refusal>* refusals);

 private:
  int ask(netlink::MessageWriter& writer, uint32_t sequence, netlink::Message* answer);
  template <typename OnRow>
  int collect(uint32_t sequence, OnRow onRow);
  void begin(netlink::MessageWriter& writer, uint16_t type, uint16_t flags, uint8_t family);
  int abandonQueued(int error);

  netlink::Socket socket_;
  bool isOpen_ = false;
  uint32_t sequence_ = 1;
  std::vector<netlink::Datagram> datagrams_;
};

template <typename Fill, typename OnRow>
int Connection::dump(uint8_t type, uint8_t family, Fill fill, OnRow onRow) {
  netlink::MessageWriter writer;
  begin(writer, static_cast<uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type), NLM_F_DUMP, family);
  fill(writer);
  writer.end();
  const uint32_t sequence = sequence_++;
  const int error = socket_.send(writer.bytes().data(), writer.size());
  return error != 0 ? error : collect(sequence, onRow);
}

// Reads until the dump's end.
template <typename OnRow>
int Connection::collect(uint32_t sequence, OnRow onRow) {
  bool interrupted = false;
  while (true) {
    const int received = socket_.receive(&datagrams_);
    if (received < 0) return abandonQueued(received);
    for (const netlink::Datagram& datagram : datagrams_) {
      netlink::MessageReader reader(datagram.data, datagram.size);
      netlink::Message message;
      while (reader.next(&message)) {
        if (message.header.nlmsg_seq != sequence) continue;
        if ((message.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) interrupted = true;
        if (message.header.nlmsg_type == NLMSG_DONE || message.header.nlmsg_type == NLMSG_ERROR) {
          const int error = netlink::readVerdict(message).error;
          return error == 0 && interrupted ? -EINTR : error;
        }
        if (message.size < sizeof(nfgenmsg)) return -EBADMSG;
        onRow(message.payload + sizeof(nfgenmsg), message.size - sizeof(nfgenmsg));
      }
    }
  }
}

}  // namespace lvs::nftables
