#include "ipvs/connection_query.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdio>

namespace lvs::ipvs {
namespace {

constexpr size_t at(const char* name) { return fieldIndex(kQueryLayout, name); }

constexpr size_t kTemplatesAt = at("templates"), kProtocolAt = at("protocol"),
                 kClientAt = at("client"), kClientBitsAt = at("clientPrefixLength"),
                 kVirtualAt = at("virtual"), kVirtualPortAt = at("virtualPort"),
                 kFwmarkAt = at("fwmark"), kDestAt = at("dest"), kDestPortAt = at("destPort"),
                 kStateAt = at("state");

const uint8_t* place(ConstRecord query, size_t index) { return query.at(kQuery.fields[index]); }

template <typename T>
T get(ConstRecord query, size_t index) {
  return query.get<T>(kQuery.fields[index]);
}

// A record's address: a byte of length, three of padding, the bytes.
constexpr size_t kBytesAt = 4;

// As %08X and %pI6 print them. 0 for what is no address.
size_t printAddress(const uint8_t* address, char* text, size_t size) {
  const uint8_t* bytes = address + kBytesAt;
  if (address[0] == 4) {
    return static_cast<size_t>(snprintf(text, size, "%08X", ntohl(load<uint32_t>(bytes))));
  }
  if (address[0] != 16) return 0;
  size_t length = 0;
  for (size_t group = 0; group < 8; ++group) {
    length +=
        static_cast<size_t>(snprintf(text + length, size - length, group == 0 ? "%04x" : ":%04x",
                                     ntohs(load<uint16_t>(bytes + group * 2))));
  }
  return length;
}

bool inNetwork(const uint8_t* wanted, const uint8_t* seen, size_t bits) {
  const size_t whole = bits / 8, rest = bits % 8;
  if (memcmp(wanted, seen, whole) != 0) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<uint8_t>(0xff << (8 - rest));
  return ((wanted[whole] ^ seen[whole]) & mask) == 0;
}

}  // namespace

// The tests that let through the fewest rows come first.
ConnectionFilter::ConnectionFilter(ConstRecord query) {
  if (query.has(kDestAt)) expectAddress(kDestColumn, place(query, kDestAt));
  if (query.has(kVirtualAt)) expectAddress(kVirtualColumn, place(query, kVirtualAt));
  if (query.has(kVirtualPortAt)) {
    expectPort(kVirtualPortColumn, get<uint16_t>(query, kVirtualPortAt));
  }
  if (query.has(kDestPortAt)) expectPort(kDestPortColumn, get<uint16_t>(query, kDestPortAt));
  if (query.has(kStateAt)) expectState(query);
  if (query.has(kProtocolAt)) {
    char room[kWidestPadded];
    expect(kProtocolColumn, protocolColumn(get<uint8_t>(query, kProtocolAt), room));
  }
  wantsVirtual_ = query.has(kVirtualAt);
  wantsMark_ = query.has(kFwmarkAt);
  if (wantsMark_) mark_ = get<uint32_t>(query, kFwmarkAt);
  if (query.has(kTemplatesAt)) templates_ = get<uint8_t>(query, kTemplatesAt);
  looksAtKind_ = wantsVirtual_ || wantsMark_ || templates_ != 1;
  if (query.has(kClientAt)) setClient(query);
}

void ConnectionFilter::setClient(ConstRecord query) {
  const uint8_t* client = place(query, kClientAt);
  clientLength_ = client[0] == 4 ? 4 : 16;
  memcpy(client_, client + kBytesAt, sizeof client_);
  clientBits_ = clientLength_ * 8;
  if (!query.has(kClientBitsAt)) return;
  clientBits_ = std::min<size_t>(get<uint8_t>(query, kClientBitsAt), clientBits_);
}

void ConnectionFilter::expectState(ConstRecord query) {
  const Field& field = kQuery.fields[kStateAt];
  char text[kWidestPadded + 1];
  snprintf(text, sizeof text, "%-*.*s", static_cast<int>(kStateWidth),
           static_cast<int>(query.textLength(field)),
           reinterpret_cast<const char*>(query.at(field)));
  expect(kStateColumn, text);
}

void ConnectionFilter::expect(Column column, std::string_view text) {
  Expected& expected = expected_[expectedCount_++];
  expected.column = column;
  expected.length = static_cast<uint8_t>(text.size());
  memcpy(expected.text, text.data(), text.size());
}

void ConnectionFilter::expectAddress(Column column, const uint8_t* address) {
  char text[kIpv6Width + 1];
  expect(column, {text, printAddress(address, text, sizeof text)});
}

void ConnectionFilter::expectPort(Column column, uint16_t port) {
  char text[kPortWidth + 1];
  snprintf(text, sizeof text, "%04X", port);
  expect(column, text);
}

bool ConnectionFilter::keeps(const ConnectionColumns& columns) const {
  for (size_t i = 0; i < expectedCount_; ++i) {
    const Expected& expected = expected_[i];
    if (columns.column[expected.column] != std::string_view(expected.text, expected.length)) {
      return false;
    }
  }
  return (clientLength_ == 0 || keepsClient(columns.column[kClientColumn])) &&
         (!looksAtKind_ || keepsKind(columns));
}

bool ConnectionFilter::keepsKind(const ConnectionColumns& columns) const {
  if (templates_ != 1 && columns.isTemplate() != (templates_ == 2)) return false;
  if (!wantsVirtual_ && !wantsMark_) return true;
  uint8_t bytes[16];
  size_t length = 0;
  if (!columns.isMark()) return !wantsMark_;
  return !wantsVirtual_ && parseAddress(columns.column[kVirtualColumn], bytes, &length) &&
         markIn(bytes) == mark_;
}

bool ConnectionFilter::keepsClient(std::string_view column) const {
  uint8_t bytes[16];
  size_t length = 0;
  return parseAddress(column, bytes, &length) && length == clientLength_ &&
         inNetwork(client_, bytes, clientBits_);
}

}  // namespace lvs::ipvs
