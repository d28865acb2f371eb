#include "nftables/batch.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace lvs::nftables {
namespace {

constexpr uint16_t kSubsystem = NFNL_SUBSYS_NFTABLES;

void header(netlink::MessageWriter& writer, uint8_t family, uint16_t resource) {
  const nfgenmsg message{family, NFNETLINK_V0, htons(resource)};
  writer.fixed(&message, sizeof message);
}

}  // namespace

void be32(netlink::MessageWriter& writer, uint16_t type, uint32_t value) {
  writer.value(type, htonl(value));
}

void be64(netlink::MessageWriter& writer, uint16_t type, uint64_t value) {
  writer.value(type, htobe64(value));
}

Batch::Batch(uint32_t firstSequence, uint32_t generation) : firstSequence_(firstSequence) {
  writer_.begin(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, firstSequence);
  header(writer_, AF_UNSPEC, kSubsystem);
  be32(writer_, NFNL_BATCH_GENID, generation);
  writer_.end();
}

void Batch::begin(uint8_t type, uint16_t flags, uint8_t family, size_t owner) {
  const size_t start = writer_.size();
  items_.push_back({owner, start, marks_.size()});
  writer_.begin(static_cast<uint16_t>(kSubsystem << 8 | type),
                static_cast<uint16_t>(NLM_F_REQUEST | flags), lastSequence());
  header(writer_, family, 0);
}

void Batch::end() {
  if (writer_.error() != 0) error_ = writer_.error();
  writer_.end();
}

void Batch::mark(const char* field) {
  marks_.push_back({writer_.size() - items_.back().start, field});
}

void Batch::backTo(const Point& point) {
  writer_.cutBack(point.size);
  items_.resize(point.items);
  marks_.resize(point.marks);
}

void Batch::finish(bool commit) {
  if (!items_.empty()) writer_.addFlags(items_.back().start, NLM_F_ACK);
  if (!commit) return;
  writer_.begin(NFNL_MSG_BATCH_END, NLM_F_REQUEST, lastSequence() + 1);
  header(writer_, AF_UNSPEC, kSubsystem);
  writer_.end();
}

const size_t* Batch::ownerOf(uint32_t sequence) const {
  const uint32_t index = sequence - firstSequence_ - 1;
  return index < items_.size() ? &items_[index].owner : nullptr;
}

const char* Batch::fieldAt(uint32_t sequence, size_t offset) const {
  const uint32_t index = sequence - firstSequence_ - 1;
  if (index >= items_.size() || offset == 0) return nullptr;
  const size_t end = index + 1 < items_.size() ? items_[index + 1].firstMark : marks_.size();
  const char* field = nullptr;
  for (size_t i = items_[index].firstMark; i < end && marks_[i].offset <= offset; ++i) {
    field = marks_[i].field;
  }
  return field;
}

}  // namespace lvs::nftables
