#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "netlink/codec.h"

namespace lvs::netlink {
namespace {

// A value as it lies on the wire, at most an IPv6 address or a short text.
struct Wire {
  const void* data = nullptr;
  size_t size = 0;
  uint8_t scratch[8] = {};

  template <typename T>
  void number(T value) {
    memcpy(scratch, &value, sizeof value);
    data = scratch;
    size = sizeof value;
  }
};

int counted(const Field& field, const uint8_t* at, size_t start, Wire* wire) {
  if (at[0] > field.size - start) return -EINVAL;
  wire->data = at + start;
  wire->size = at[0];
  return 0;
}

int deviceIndex(const Field& field, ConstRecord record, EncodeContext& context, Wire* wire) {
  char name[kDeviceSize] = {};
  memcpy(name, record.at(field), record.textLength(field));
  uint32_t index = 0;
  if (const int error = context.devices.indexOf(name, &index)) return error;
  wire->number(index);
  return 0;
}

int namespaceDescriptor(const Field& field, ConstRecord record, EncodeContext& context,
                        Wire* wire) {
  char path[kPathSize] = {};
  memcpy(path, record.at(field), record.textLength(field));
  int descriptor = -1;
  if (const int error = context.descriptors.open(path, &descriptor)) return error;
  wire->number(static_cast<uint32_t>(descriptor));
  return 0;
}

int toWire(const Field& field, ConstRecord record, EncodeContext& context, Wire* wire) {
  const uint8_t* at = record.at(field);
  switch (field.kind) {
    case Kind::kBe16:
      wire->number(htons(load<uint16_t>(at)));
      return 0;
    case Kind::kBe32:
      wire->number(htonl(load<uint32_t>(at)));
      return 0;
    case Kind::kText:
      wire->data =
          at;  // with the terminating zero, which putText and TypeScript both leave room for
      wire->size = record.textLength(field) + 1;
      return 0;
    case Kind::kAddress:
      return counted(field, at, 4, wire);
    case Kind::kBytes:
      return counted(field, at, 1, wire);
    case Kind::kDevice:
      return deviceIndex(field, record, context, wire);
    case Kind::kNetns:
      return namespaceDescriptor(field, record, context, wire);
    default:
      wire->data = at;
      wire->size = field.size;
      return 0;
  }
}

constexpr size_t kLongestHeader = 64;

// The fixed header of the message (nest -1) or of a nest.
int encodeHeader(MessageWriter& writer, const Table& table, ConstRecord record,
                 EncodeContext& context, int16_t nest, uint16_t size) {
  uint8_t header[kLongestHeader] = {};
  if (size > sizeof header) return -EINVAL;
  for (uint16_t i = 0; i < table.fieldCount; ++i) {
    const Field& field = table.fields[i];
    if (!field.inHeader || field.nest != nest || !record.has(i)) continue;
    Wire wire;
    context.offending = field.name;
    if (const int error = toWire(field, record, context, &wire)) return error;
    if (field.attribute + wire.size > size) return -EINVAL;
    if (wire.size != 0) memcpy(header + field.attribute, wire.data, wire.size);
  }
  writer.fixed(header, size);
  return 0;
}

int encodeLevel(MessageWriter& writer, const Table& table, ConstRecord record,
                EncodeContext& context, int16_t nest) {
  for (uint16_t i = static_cast<uint16_t>(nest + 1); i < table.fieldCount; ++i) {
    const Field& field = table.fields[i];
    const uint64_t wanted = field.below | uint64_t{1} << i;
    if (field.nest != nest || field.inHeader || (record.presence() & wanted) == 0) continue;
    if (field.kind == Kind::kNest) {
      const size_t mark = writer.openNest(field.attribute, !field.isStructure);
      const auto index = static_cast<int16_t>(i);
      int error = encodeHeader(writer, table, record, context, index, field.nestHeader);
      if (error == 0) error = encodeLevel(writer, table, record, context, index);
      if (error != 0) return error;
      writer.closeNest(mark);
      continue;
    }
    Wire wire;
    context.offending = field.name;
    if (const int error = toWire(field, record, context, &wire)) return error;
    writer.attribute(field.attribute, wire.data, wire.size);
  }
  return 0;
}

}  // namespace

int SentDescriptors::open(const char* path, int* descriptor) {
  *descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (*descriptor < 0) return -errno;
  open_.push_back(*descriptor);
  return 0;
}

void SentDescriptors::closeAll() {
  for (const int descriptor : open_) close(descriptor);
  open_.clear();
}

int encode(MessageWriter& writer, const Table& table, ConstRecord record, EncodeContext& context) {
  if (table.headerSize != 0) {
    const int error = encodeHeader(writer, table, record, context, -1, table.headerSize);
    if (error != 0) return error;
  }
  if (const int error = encodeLevel(writer, table, record, context, -1)) return error;
  context.offending = nullptr;
  return writer.error();
}

}  // namespace lvs::netlink
