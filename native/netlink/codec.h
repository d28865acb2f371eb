// The one encoder and the one decoder between records and netlink attributes. Both walk a field
// table and know nothing else of the objects.
#pragma once

#include <vector>

#include "netlink/devices.h"
#include "netlink/message_writer.h"
#include "records/record.h"

namespace lvs::netlink {

// What encoding one request left behind that has to live until it is sent.
class SentDescriptors {
 public:
  ~SentDescriptors() { closeAll(); }
  int open(const char* path, int* descriptor);  // 0 or a negative errno
  void closeAll();

 private:
  std::vector<int> open_;
};

struct EncodeContext {
  Devices& devices;
  SentDescriptors& descriptors;
  const char* offending = nullptr;  // name of the field that could not be encoded
};

// Writes the fixed header (where the table has one) and every present field. 0 or a negative errno.
int encode(MessageWriter& writer, const Table& table, ConstRecord record, EncodeContext& context);

// Fills a zeroed record from a payload that starts with the table's fixed header. Attributes that
// the table doesn't name are passed over; a wrong size is -EBADMSG.
int decode(const Table& table, const uint8_t* payload, size_t size, Record record,
           Devices& devices);

// Name of the field whose attribute lies at `offset` of a payload as encode() wrote it, or null:
// the kernel's extended ack tells offsets.
const char* fieldAt(const Table& table, const uint8_t* payload, size_t size, size_t offset);

}  // namespace lvs::netlink
