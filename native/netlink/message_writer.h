// Appends netlink messages and attributes to a buffer. An error sticks: the caller checks once,
// after the last attribute.
#pragma once

#include <cstddef>
#include <cstdint>

#include "records/bytes.h"

namespace lvs::netlink {

class MessageWriter {
 public:
  // Starts a message; end() sets its length.
  void begin(uint16_t type, uint16_t flags, uint32_t sequence);
  void end();
  // Takes back the message begun last.
  void drop();
  // Takes back all that was written since size() was this much.
  void cutBack(size_t size) { buffer_.resize(size); }

  void fixed(const void* data, size_t size);  // a fixed header, padded to 4
  void zeros(size_t size);
  void attribute(uint16_t type, const void* data, size_t size);
  template <typename T>
  void value(uint16_t type, T number) {
    attribute(type, &number, sizeof number);
  }
  void text(uint16_t type, const char* text);  // with its terminating zero
  // Opens a nested attribute and returns the mark that closeNest takes.
  size_t openNest(uint16_t type, bool flagged = true);
  void closeNest(size_t mark);

  // Sets flags on the message that starts at the given place (NLM_F_ACK on the last of a group).
  void addFlags(size_t messageStart, uint16_t flags);

  void setType(size_t messageStart, uint16_t type);

  size_t messageStart() const { return message_; }
  const Bytes& bytes() const { return buffer_; }
  size_t size() const { return buffer_.size(); }
  int error() const { return error_; }
  void clear();

 private:
  uint8_t* room(size_t size);

  Bytes buffer_;
  size_t message_ = 0;
  int error_ = 0;
};

}  // namespace lvs::netlink
