// One nf_tables transaction: what stands between BATCH_BEGIN and BATCH_END happens wholly or not at
// all.
#pragma once

#include <string>
#include <vector>

#include "netlink/message_writer.h"

namespace lvs::nftables {

// A message that the kernel refused.
struct Refusal {
  size_t owner = 0;
  int error = 0;
  std::string kernelMessage;
  const char* field = nullptr;  // what was being written where the kernel stumbled
  bool located = false;         // the kernel told where in the message that was
};

class Batch {
 public:
  // `generation` is the state of the ruleset that the messages were made for: the kernel refuses
  // the batch with -ERESTART when it has moved on.
  Batch(uint32_t firstSequence, uint32_t generation);

  // Starts a message on behalf of `owner`, which refusals name.
  void begin(uint8_t type, uint16_t flags, uint8_t family, size_t owner);
  void end();
  netlink::MessageWriter& writer() { return writer_; }
  // What is written from here on says that field.
  void mark(const char* field);

  // How far it has got, between two messages.
  struct Point {
    size_t size = 0;
    size_t items = 0;
    size_t marks = 0;
  };
  Point point() const { return {writer_.size(), items_.size(), marks_.size()}; }
  // Takes back all that was written since then, a message that was only begun included.
  void backTo(const Point& point);

  // Ends the transaction. Without a commit the kernel checks every message and drops them all.
  void finish(bool commit);

  bool empty() const { return items_.empty(); }
  size_t size() const { return writer_.size(); }
  int error() const { return error_; }
  const Bytes& bytes() const { return writer_.bytes(); }
  uint32_t beginSequence() const { return firstSequence_; }
  uint32_t lastSequence() const { return firstSequence_ + static_cast<uint32_t>(items_.size()); }
  // Null when the sequence number is none of a message's.
  const size_t* ownerOf(uint32_t sequence) const;
  const char* fieldAt(uint32_t sequence, size_t offset) const;

 private:
  struct Mark {
    size_t offset;  // in its message
    const char* field;
  };
  struct Item {
    size_t owner;
    size_t start;
    size_t firstMark;
  };

  netlink::MessageWriter writer_;
  std::vector<Item> items_;
  std::vector<Mark> marks_;  // of one item behind those of another
  uint32_t firstSequence_;
  int error_ = 0;
};

// Attributes of nf_tables are in network byte order.
void be32(netlink::MessageWriter& writer, uint16_t type, uint32_t value);
void be64(netlink::MessageWriter& writer, uint16_t type, uint64_t value);

}  // namespace lvs::nftables
