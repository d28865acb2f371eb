// Walks netlink messages and attributes. Nothing outside the given bytes is ever read; a length
// that doesn't fit ends the walk and sticks as -EBADMSG.
#pragma once

#include <errno.h>

#include <cstddef>
#include <cstdint>

#include "netlink/align.h"
#include "records/record.h"

namespace lvs::netlink {

struct Message {
  nlmsghdr header{};
  const uint8_t* payload = nullptr;
  size_t size = 0;  // of the payload
};

class MessageReader {
 public:
  MessageReader(const uint8_t* at, size_t size) : at_(at), left_(size) {}

  bool next(Message* message) {
    if (left_ < sizeof(nlmsghdr)) return end();
    message->header = load<nlmsghdr>(at_);
    const size_t length = message->header.nlmsg_len;
    if (length < sizeof(nlmsghdr) || length > left_) return end();
    message->payload = at_ + kMessageHeader;
    message->size = length - kMessageHeader;
    const size_t step = aligned(length) < left_ ? aligned(length) : left_;
    at_ += step;
    left_ -= step;
    return true;
  }
  int error() const { return error_; }

 private:
  bool end() {
    if (left_ != 0) error_ = -EBADMSG;
    return false;
  }

  const uint8_t* at_;
  size_t left_;
  int error_ = 0;
};

struct Attribute {
  uint16_t type = 0;  // without the NLA_F_ flags
  const uint8_t* data = nullptr;
  size_t size = 0;
};

class AttributeReader {
 public:
  AttributeReader(const uint8_t* at, size_t size) : at_(at), left_(size) {}

  bool next(Attribute* attribute) {
    if (left_ < kAttributeHeader) return end();
    const nlattr header = load<nlattr>(at_);
    if (header.nla_len < kAttributeHeader || header.nla_len > left_) return end();
    attribute->type = header.nla_type & kAttributeTypeMask;
    attribute->data = at_ + kAttributeHeader;
    attribute->size = header.nla_len - kAttributeHeader;
    const size_t whole = aligned(header.nla_len);
    const size_t step = whole < left_ ? whole : left_;
    at_ += step;
    left_ -= step;
    return true;
  }
  int error() const { return error_; }

 private:
  bool end() {
    if (left_ != 0) error_ = -EBADMSG;
    return false;
  }

  const uint8_t* at_;
  size_t left_;
  int error_ = 0;
};

// The first attribute of that type; false, and an empty one, when there is none.
inline bool findAttribute(const uint8_t* at, size_t size, uint16_t type, Attribute* found) {
  AttributeReader reader(at, size);
  while (reader.next(found)) {
    if (found->type == type) return true;
  }
  *found = {};
  return false;
}

}  // namespace lvs::netlink
