// The encoder and the decoder, by the field tables of IPVS.
#include "netlink/codec.h"

#include <errno.h>

#include <random>

#include "check.h"
#include "ipvs/connection_query.h"
#include "ipvs/operations.h"
#include "netlink/message_reader.h"

using namespace lvs;
using namespace lvs::netlink;

namespace {

using Octets = std::vector<uint8_t>;

constexpr const Table* kTables[] = {&ipvs::kService, &ipvs::kDest, &ipvs::kDaemon, &ipvs::kTimeouts,
                                    &ipvs::kInfo};

void putRandom(Record record, const Table& table, size_t index, std::mt19937& random) {
  const Field& field = table.fields[index];
  Octets noise(field.size);
  for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random() % 255 + 1);
  if (field.kind == Kind::kText) {
    const size_t length = random() % field.size;
    return record.putText(table, index, reinterpret_cast<const char*>(noise.data()), length);
  }
  if (field.kind == Kind::kAddress) {
    record.putBytes(table, index, noise.data(), random() % 2 == 0 ? 4 : 16);
    return;
  }
  switch (field.size) {
    case 1:
      return record.put(table, index, noise[0]);
    case 2:
      return record.put(table, index, load<uint16_t>(noise.data()));
    case 4:
      return record.put(table, index, load<uint32_t>(noise.data()));
    default:
      return record.put(table, index, load<uint64_t>(noise.data()));
  }
}

bool sharesAttribute(const Table& table, size_t index, ConstRecord record) {
  for (size_t i = 0; i < index; ++i) {
    if (record.has(i) && table.fields[i].nest == table.fields[index].nest &&
        table.fields[i].attribute == table.fields[index].attribute) {
      return true;
    }
  }
  return false;
}

Octets randomRecord(const Table& table, std::mt19937& random) {
  Octets bytes(table.size);
  for (size_t i = 0; i < table.fieldCount; ++i) {
    if (table.fields[i].kind == Kind::kNest || random() % 2 == 0) continue;
    if (!sharesAttribute(table, i, ConstRecord(bytes.data()))) {
      putRandom(Record(bytes.data()), table, i, random);
    }
  }
  return bytes;
}

Octets payloadOf(const MessageWriter& writer) {
  const uint8_t* message = writer.bytes().data();
  return Octets(message + kMessageHeader, message + writer.size());
}

Octets payloadOf(const Table& table, const Octets& record) {
  MessageWriter writer;
  Devices devices;
  SentDescriptors descriptors;
  EncodeContext context{devices, descriptors};
  writer.begin(0, 0, 0);
  if (encode(writer, table, ConstRecord(record.data()), context) != 0) return {};
  writer.end();
  return payloadOf(writer);
}

int decodeInto(const Table& table, const Octets& payload, Octets* record) {
  Devices devices;
  // A copy of exactly that size, so that a sanitizer sees every byte read beyond it.
  const Octets exact(payload);
  record->assign(table.size, 0);
  return decode(table, exact.data(), exact.size(), Record(record->data()), devices);
}

}  // namespace

TEST(roundTrip, "codec: what is encoded decodes to the same record") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const Table& table = *kTables[random() % std::size(kTables)];
    const Octets before = randomRecord(table, random);
    Octets after;
    CHECK_EQUAL(decodeInto(table, payloadOf(table, before), &after), 0);
    const ConstRecord sent(before.data()), read(after.data());
    for (size_t i = 0; i < table.fieldCount; ++i) {
      const Field& field = table.fields[i];
      if (!sent.has(i)) continue;
      CHECK(read.has(i));
      CHECK(memcmp(sent.at(field), read.at(field), field.size) == 0);
    }
  }
}

TEST(wireForm, "codec: ports go in network order, flags with their mask, texts with a zero") {
  Octets record(ipvs::kService.size);
  Record fields(record.data());
  const auto at = [](const char* name) { return fieldIndex(ipvs::kServiceLayout, name); };
  fields.put<uint16_t>(ipvs::kService, at("port"), 0x1234);
  fields.put<uint64_t>(ipvs::kService, at("flags"), 0x0000000500000001);
  fields.putText(ipvs::kService, at("scheduler"), "rr", 2);
  const Octets expected = {6,
                           0,
                           IPVS_SVC_ATTR_PORT,
                           0,
                           0x12,
                           0x34,
                           0,
                           0,
                           7,
                           0,
                           IPVS_SVC_ATTR_SCHED_NAME,
                           0,
                           'r',
                           'r',
                           0,
                           0,
                           12,
                           0,
                           IPVS_SVC_ATTR_FLAGS,
                           0,
                           1,
                           0,
                           0,
                           0,
                           5,
                           0,
                           0,
                           0};
  CHECK(payloadOf(ipvs::kService, record) == expected);
}

TEST(truncated, "codec: a payload cut anywhere is refused or read, never read beyond") {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    const Table& table = *kTables[random() % std::size(kTables)];
    const Octets payload = payloadOf(table, randomRecord(table, random));
    for (size_t size = 0; size < payload.size(); ++size) {
      Octets record;
      const int error = decodeInto(table, Octets(payload.begin(), payload.begin() + size), &record);
      CHECK(error == 0 || error == -EBADMSG);
    }
  }
}

TEST(mutated, "codec: changed bytes do no harm, nor do offsets into them") {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    const Table& table = *kTables[random() % std::size(kTables)];
    Octets payload = payloadOf(table, randomRecord(table, random));
    for (uint32_t i = random() % 4; i > 0 && !payload.empty(); --i) {
      payload[random() % payload.size()] = static_cast<uint8_t>(random());
    }
    Octets record;
    const int error = decodeInto(table, payload, &record);
    CHECK(error == 0 || error == -EBADMSG);
    const Octets exact(payload);
    fieldAt(table, exact.data(), exact.size(), random() % (exact.size() + 8));
  }
}

TEST(fieldName, "codec: an offset of the extended ack names its field") {
  Octets record(ipvs::kTimeouts.size);
  Record fields(record.data());
  for (size_t i = 0; i < 3; ++i) fields.put<uint32_t>(ipvs::kTimeouts, i, 1);
  const Octets payload = payloadOf(ipvs::kTimeouts, record);
  const auto name = [&](size_t offset) {
    return fieldAt(ipvs::kTimeouts, payload.data(), payload.size(), offset);
  };
  CHECK_EQUAL(name(0), "tcp");
  CHECK_EQUAL(name(8), "tcpFin");
  CHECK_EQUAL(name(16), "udp");
  CHECK(name(24) == nullptr);
}

TEST(tooLarge, "codec: what is too large for an attribute is an error of its message alone") {
  const std::vector<uint8_t> half(40000, 'x'), whole(UINT16_MAX);
  MessageWriter writer;
  writer.begin(0, 0, 0);
  writer.attribute(1, half.data(), half.size());
  CHECK_EQUAL(writer.error(), 0);
  writer.attribute(2, whole.data(), whole.size());
  CHECK_EQUAL(writer.error(), -EMSGSIZE);
  writer.drop();
  writer.begin(0, 0, 0);
  CHECK_EQUAL(writer.error(), 0);
  const size_t mark = writer.openNest(1);
  writer.attribute(1, half.data(), half.size());
  writer.attribute(2, half.data(), half.size());
  CHECK_EQUAL(writer.error(), 0);
  writer.closeNest(mark);
  CHECK_EQUAL(writer.error(), -EMSGSIZE);
}

TEST(unterminated, "codec: a text without an end is cut to its field, and none is longer than it") {
  for (const size_t length : {1u, 15u, 16u, 17u, 200u}) {
    MessageWriter writer;
    writer.begin(0, 0, 0);
    const Octets text(length, 'x');
    writer.attribute(IPVS_SVC_ATTR_SCHED_NAME, text.data(), text.size());
    writer.end();
    Octets record;
    const Octets payload = payloadOf(writer);
    CHECK_EQUAL(decodeInto(ipvs::kService, payload, &record), 0);
    const Field& field = ipvs::kService.fields[fieldIndex(ipvs::kServiceLayout, "scheduler")];
    CHECK_EQUAL(ConstRecord(record.data()).textLength(field), length < 15 ? length : 15);
  }
}
