#include "netlink/message_writer.h"

#include <errno.h>

#include <cstring>

#include "netlink/align.h"
#include "records/record.h"

namespace lvs::netlink {

void MessageWriter::begin(uint16_t type, uint16_t flags, uint32_t sequence) {
  message_ = buffer_.size();
  error_ = 0;
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  header.nlmsg_seq = sequence;
  fixed(&header, sizeof header);
}

void MessageWriter::end() {
  store(buffer_.data() + message_, static_cast<uint32_t>(buffer_.size() - message_));
}

void MessageWriter::drop() { buffer_.resize(message_); }

// Room for so many bytes, and zeros behind them up to where the next attribute may start.
uint8_t* MessageWriter::room(size_t size) {
  const size_t at = buffer_.size();
  buffer_.resize(at + aligned(size));
  uint8_t* start = buffer_.data() + at;
  for (size_t i = size; i < aligned(size); ++i) start[i] = 0;
  return start;
}

void MessageWriter::fixed(const void* data, size_t size) { memcpy(room(size), data, size); }

void MessageWriter::zeros(size_t size) { memset(room(size), 0, size); }

void MessageWriter::attribute(uint16_t type, const void* data, size_t size) {
  const size_t whole = kAttributeHeader + size;
  if (whole > UINT16_MAX) {
    error_ = -EMSGSIZE;
    return;
  }
  const nlattr header{static_cast<uint16_t>(whole), type};
  uint8_t* at = room(whole);
  store(at, header);
  if (size != 0) memcpy(at + kAttributeHeader, data, size);
}

void MessageWriter::text(uint16_t type, const char* text) {
  attribute(type, text, strlen(text) + 1);
}

size_t MessageWriter::openNest(uint16_t type, bool flagged) {
  const size_t mark = buffer_.size();
  attribute(flagged ? static_cast<uint16_t>(type | NLA_F_NESTED) : type, nullptr, 0);
  return mark;
}

void MessageWriter::closeNest(size_t mark) {
  const size_t size = buffer_.size() - mark;
  if (size > UINT16_MAX) {
    error_ = -EMSGSIZE;
    return;
  }
  store(buffer_.data() + mark, static_cast<uint16_t>(size));
}

void MessageWriter::addFlags(size_t messageStart, uint16_t flags) {
  uint8_t* at = buffer_.data() + messageStart + offsetof(nlmsghdr, nlmsg_flags);
  store(at, static_cast<uint16_t>(load<uint16_t>(at) | flags));
}

void MessageWriter::setType(size_t messageStart, uint16_t type) {
  store(buffer_.data() + messageStart + offsetof(nlmsghdr, nlmsg_type), type);
}

void MessageWriter::clear() {
  buffer_.clear();
  message_ = 0;
  error_ = 0;
}

}  // namespace lvs::netlink
