#include "nftables/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <cstring>

namespace lvs::nftables {

int Connection::open() {
  if (isOpen_) return 0;
  const int error = socket_.open(NETLINK_NETFILTER);
  isOpen_ = error == 0;
  return error;
}

void Connection::begin(netlink::MessageWriter& writer, uint16_t type, uint16_t flags,
                       uint8_t family) {
  writer.begin(type, static_cast<uint16_t>(NLM_F_REQUEST | flags), sequence_);
  const nfgenmsg header{family, NFNETLINK_V0, 0};
  writer.fixed(&header, sizeof header);
}

// A socket with unread messages would mix them into the next answer.
int Connection::abandonQueued(int error) {
  isOpen_ = false;
  const int reopened = open();
  return reopened != 0 ? reopened : error;
}

// Sends one message that is answered by one. The answer is valid until the next receive.
int Connection::ask(netlink::MessageWriter& writer, uint32_t sequence, netlink::Message* answer) {
  writer.end();
  ++sequence_;
  if (const int error = socket_.send(writer.bytes().data(), writer.size())) return error;
  int result = -EBADMSG;
  // The kernel has queued the answer, and with it possibly an acknowledgement, by now.
  for (int received = 0; (received = socket_.receive(&datagrams_)) > 0;) {
    for (const netlink::Datagram& datagram : datagrams_) {
      netlink::MessageReader reader(datagram.data, datagram.size);
      netlink::Message message;
      while (result == -EBADMSG && reader.next(&message)) {
        if (message.header.nlmsg_seq != sequence) continue;
        *answer = message;
        result = message.header.nlmsg_type == NLMSG_ERROR ? netlink::readVerdict(message).error : 0;
      }
    }
    if (result != -EBADMSG) return result;
  }
  return result;
}

int Connection::generation(uint32_t* id) {
  netlink::MessageWriter writer;
  begin(writer, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, 0, AF_UNSPEC);
  netlink::Message answer;
  if (const int error = ask(writer, sequence_, &answer)) return error;
  netlink::Attribute attribute;
  if (answer.size < sizeof(nfgenmsg) ||
      !netlink::findAttribute(answer.payload + sizeof(nfgenmsg), answer.size - sizeof(nfgenmsg),
                              NFTA_GEN_ID, &attribute) ||
      attribute.size < sizeof *id) {
    return -EBADMSG;
  }
  *id = ntohl(load<uint32_t>(attribute.data));
  return 0;
}

int Connection::supports(uint8_t family, bool target, const char* name, uint8_t revision) {
  netlink::MessageWriter writer;
  begin(writer, NFNL_SUBSYS_NFT_COMPAT << 8 | NFNL_MSG_COMPAT_GET, 0, family);
  writer.text(NFTA_COMPAT_NAME, name);
  be32(writer, NFTA_COMPAT_REV, revision);
  be32(writer, NFTA_COMPAT_TYPE, target ? 1 : 0);
  netlink::Message answer;
  return ask(writer, sequence_, &answer);
}

int Connection::transact(const Batch& batch, std::vector<Refusal>* refusals) {
  sequence_ = batch.lastSequence() + 2;
  refusals->clear();
  if (batch.error() != 0) return batch.error();
  if (const int error = socket_.send(batch.bytes().data(), batch.bytes().size())) return error;
  int whole = 0;
  bool acknowledged = false;
  int received = 0;
  while ((received = socket_.receive(&datagrams_)) > 0) {
    for (const netlink::Datagram& datagram : datagrams_) {
      netlink::MessageReader reader(datagram.data, datagram.size);
      netlink::Message message;
      while (reader.next(&message)) {
        if (message.header.nlmsg_type != NLMSG_ERROR) continue;
        const uint32_t sequence = message.header.nlmsg_seq;
        const netlink::Verdict verdict = netlink::readVerdict(message);
        if (verdict.error == 0) {
          acknowledged = acknowledged || sequence == batch.lastSequence();
          continue;
        }
        // What goes wrong at the end of a batch is told with the sequence number of its begin.
        if (sequence == batch.beginSequence()) whole = verdict.error;
        const size_t* owner = batch.ownerOf(sequence);
        if (owner == nullptr) continue;
        refusals->push_back({*owner, verdict.error, std::string(verdict.text, verdict.textLength),
                             batch.fieldAt(sequence, verdict.offset)});
      }
    }
  }
  if (received == -ENOBUFS) return abandonQueued(-ENOBUFS);
  if (whole != 0) return whole;
  if (!refusals->empty()) return -ECANCELED;
  return acknowledged ? 0 : -EBADMSG;
}

}  // namespace lvs::nftables
