#include "nftables/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>

#include <cstring>

namespace lvs::nftables {
namespace {

// What the kernel said of a transaction so far.
struct Outcome {
  int whole = 0;
  bool acknowledged = false;
};

void readAnswer(const netlink::Message& message, const Batch& batch, Outcome* outcome,
                std::vector<Refusal>* refusals) {
  if (message.header.nlmsg_type != NLMSG_ERROR) return;
  const uint32_t sequence = message.header.nlmsg_seq;
  const netlink::Verdict verdict = netlink::readVerdict(message);
  if (verdict.error == 0) {
    outcome->acknowledged = outcome->acknowledged || sequence == batch.lastSequence();
    return;
  }
  // What goes wrong at the end of a batch is told with the sequence number of its begin.
  if (sequence == batch.beginSequence()) outcome->whole = verdict.error;
  const size_t* owner = batch.ownerOf(sequence);
  if (owner == nullptr) return;
  refusals->push_back({*owner, verdict.error, std::string(verdict.text, verdict.textLength),
                       batch.fieldAt(sequence, verdict.offset), verdict.offset != 0});
}

}  // namespace

int Connection::generation(uint32_t* id) {
  netlink::MessageWriter writer;
  begin(writer, netlink::netfilterType(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETGEN), 0, AF_UNSPEC);
  netlink::Message answer;
  if (const int error = ask(writer, &answer)) return error;
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

int Connection::transact(const Batch& batch, std::vector<Refusal>* refusals) {
  sequence_ = batch.lastSequence() + 2;
  refusals->clear();
  if (batch.error() != 0) return batch.error();
  if (const int error = socket_.send(batch.bytes().data(), batch.bytes().size())) return error;
  Outcome outcome;
  int received = 0;
  while ((received = socket_.receive(&datagrams_)) > 0) {
    for (const netlink::Datagram& datagram : datagrams_) {
      netlink::MessageReader reader(datagram.data, datagram.size);
      netlink::Message message;
      while (reader.next(&message)) readAnswer(message, batch, &outcome, refusals);
    }
  }
  if (received == -ENOBUFS) return abandonQueued(-ENOBUFS);
  if (outcome.whole != 0) return outcome.whole;
  if (!refusals->empty()) return -ECANCELED;
  return outcome.acknowledged ? 0 : -EBADMSG;
}

}  // namespace lvs::nftables
