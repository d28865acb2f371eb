#include <arpa/inet.h>
#include <errno.h>

#include "netlink/codec.h"
#include "netlink/message_reader.h"

namespace lvs::netlink {
namespace {

int fromWire(const Table& table, size_t index, const uint8_t* data, size_t size, Record record,
             Devices& devices) {
  const Field& field = table.fields[index];
  switch (field.kind) {
    case Kind::kText:
      record.putText(table, index, reinterpret_cast<const char*>(data),
                     strnlen(reinterpret_cast<const char*>(data), size));
      return 0;
    case Kind::kAddress:
    case Kind::kBytes:
      return record.putBytes(table, index, data, size) ? 0 : -EBADMSG;
    case Kind::kNest:
      return 0;
    default:
      break;
  }
  const bool named = field.kind == Kind::kDevice || field.kind == Kind::kNetns;
  const size_t expected = named ? sizeof(uint32_t) : field.size;
  if (size < expected) return -EBADMSG;
  if (field.kind == Kind::kBe16) {
    record.put(table, index, ntohs(load<uint16_t>(data)));
  } else if (field.kind == Kind::kBe32) {
    record.put(table, index, ntohl(load<uint32_t>(data)));
  } else if (field.kind == Kind::kDevice) {
    char name[IF_NAMESIZE] = {};
    // An index of another namespace (a veth's peer) has no name here: the field stays absent.
    if (devices.nameOf(load<uint32_t>(data), name)) {
      record.putText(table, index, name, strnlen(name, sizeof name));
    }
  } else if (field.kind == Kind::kFlags) {
    record.put(table, index, load<uint64_t>(data));
  } else if (expected == 1) {
    record.put(table, index, data[0]);
  } else if (expected == 2) {
    record.put(table, index, load<uint16_t>(data));
  } else if (expected == 4) {
    record.put(table, index, load<uint32_t>(data));
  } else if (expected == 8) {
    record.put(table, index, load<uint64_t>(data));
  }
  return 0;
}

int findField(const Table& table, int16_t nest, uint16_t type, uint16_t hint) {
  for (uint16_t step = 0; step < table.fieldCount; ++step) {
    const uint16_t i = static_cast<uint16_t>((hint + step) % table.fieldCount);
    const Field& field = table.fields[i];
    if (field.nest == nest && !field.inHeader && field.attribute == type) return i;
  }
  return -1;
}

int decodeHeader(const Table& table, const uint8_t* payload, size_t size, Record record,
                 Devices& devices, int16_t nest) {
  for (uint16_t i = 0; i < table.fieldCount; ++i) {
    const Field& field = table.fields[i];
    if (!field.inHeader || field.nest != nest) continue;
    if (field.attribute > size) return -EBADMSG;
    const int error =
        fromWire(table, i, payload + field.attribute, size - field.attribute, record, devices);
    if (error != 0) return error;
  }
  return 0;
}

int decodeLevel(const Table& table, const uint8_t* payload, size_t size, Record record,
                Devices& devices, int16_t nest);

int decodeNest(const Table& table, size_t index, const Attribute& attribute, Record record,
               Devices& devices) {
  const Field& field = table.fields[index];
  const auto nest = static_cast<int16_t>(index);
  const size_t skip = field.nestHeader;
  if (attribute.size < skip) return -EBADMSG;
  const int error = decodeHeader(table, attribute.data, skip, record, devices, nest);
  if (error != 0 || field.isStructure) return error;
  return decodeLevel(table, attribute.data + skip, attribute.size - skip, record, devices, nest);
}

// Several fields may read one attribute (IPVS's netmask is a mask in IPv4, a length in IPv6);
// they stand next to each other in the table.
int decodeLevel(const Table& table, const uint8_t* payload, size_t size, Record record,
                Devices& devices, int16_t nest) {
  AttributeReader attributes(payload, size);
  Attribute attribute;
  uint16_t hint = 0;
  while (attributes.next(&attribute)) {
    int found = findField(table, nest, attribute.type, hint);
    if (found < 0) continue;
    for (; found < table.fieldCount; ++found) {
      const Field& field = table.fields[found];
      if (field.nest != nest || field.inHeader || field.attribute != attribute.type) break;
      const size_t index = static_cast<size_t>(found);
      int error = fromWire(table, index, attribute.data, attribute.size, record, devices);
      if (field.kind == Kind::kNest) error = decodeNest(table, index, attribute, record, devices);
      if (error != 0) return error;
      if (field.kind == Kind::kNest) break;
    }
    hint = static_cast<uint16_t>(found % table.fieldCount);
  }
  return attributes.error();
}

}  // namespace

int decode(const Table& table, const uint8_t* payload, size_t size, Record record,
           Devices& devices) {
  const size_t headerSize = aligned(table.headerSize);
  if (size < headerSize) return -EBADMSG;
  const int error = decodeHeader(table, payload, table.headerSize, record, devices, -1);
  if (error != 0) return error;
  return decodeLevel(table, payload + headerSize, size - headerSize, record, devices, -1);
}

const char* fieldAt(const Table& table, const uint8_t* payload, size_t size, size_t offset) {
  const size_t headerSize = aligned(table.headerSize);
  if (size < headerSize || offset < headerSize) return nullptr;
  int16_t nest = -1;
  const uint8_t* level = payload + headerSize;
  size_t levelSize = size - headerSize;
  const char* name = nullptr;
  while (true) {
    AttributeReader attributes(level, levelSize);
    Attribute attribute;
    bool inside = false;
    while (!inside && attributes.next(&attribute)) {
      const size_t end = static_cast<size_t>(attribute.data - payload) + attribute.size;
      if (offset >= end) continue;
      inside = true;
    }
    if (!inside) return name;
    const int found = findField(table, nest, attribute.type, 0);
    if (found < 0) return name;
    const Field& field = table.fields[found];
    name = field.name;
    const size_t start = static_cast<size_t>(attribute.data - payload);
    if (field.kind != Kind::kNest || field.isStructure || offset < start) return name;
    if (attribute.size < field.nestHeader) return name;
    level = attribute.data + field.nestHeader;
    levelSize = attribute.size - field.nestHeader;
    nest = static_cast<int16_t>(found);
  }
}

}  // namespace lvs::netlink
