#include "ipvs/connection_line.h"

#include <arpa/inet.h>

#include <cstdio>

namespace lvs::ipvs {
namespace {

constexpr size_t at(const char* name) { return fieldIndex(kConnectionLayout, name); }

constexpr size_t kProtocolAt = at("protocol"), kTemplateAt = at("template"),
                 kOriginAt = at("origin"), kClientAt = at("client"),
                 kClientPortAt = at("clientPort"), kVirtualAt = at("virtual"),
                 kVirtualPortAt = at("virtualPort"), kFwmarkAt = at("fwmark"), kDestAt = at("dest"),
                 kDestPortAt = at("destPort"), kStateAt = at("state"), kExpiresAt = at("expires"),
                 kEngineAt = at("engine"), kEngineDataAt = at("engineData");

// Of a record without an engine.
constexpr size_t kShortSize = (size_t{kConnectionLayout.fields[kEngineAt].offset} + 7) / 8 * 8;

// Takes columns off the front of a line. Each is followed by one space.
class ColumnReader {
 public:
  explicit ColumnReader(std::string_view line) : rest_(line) {}

  bool take(size_t width, std::string_view* column) {
    if (rest_.size() <= width || rest_[width] != ' ') return false;
    *column = rest_.substr(0, width);
    rest_.remove_prefix(width + 1);
    return true;
  }
  bool takePadded(size_t width, std::string_view* column) {
    while (width < rest_.size() && width < kWidestPadded && rest_[width] != ' ') ++width;
    return take(width, column);
  }
  bool takeAddress(std::string_view* column) {
    return take(kIpv4Width, column) || take(kIpv6Width, column);
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// The words behind the state.
std::string_view nextWord(std::string_view* text) {
  const size_t start = text->find_first_not_of(' ');
  if (start == std::string_view::npos) return {};
  text->remove_prefix(start);
  const std::string_view word = text->substr(0, text->find(' '));
  text->remove_prefix(word.size());
  return word;
}

std::string_view trimmed(std::string_view padded) {
  while (!padded.empty() && padded.back() == ' ') padded.remove_suffix(1);
  return padded;
}

constexpr uint8_t kNoDigit = 0xff;

// The value of each hexadecimal digit, kNoDigit for all other characters.
struct HexDigits {
  uint8_t value[256] = {};
  constexpr HexDigits() {
    for (int c = 0; c < 256; ++c) {
      const bool digit = c >= '0' && c <= '9';
      const int letter = (c | 0x20) - 'a';
      const int other = letter >= 0 && letter < 6 ? letter + 10 : kNoDigit;
      value[c] = static_cast<uint8_t>(digit ? c - '0' : other);
    }
  }
};
constexpr HexDigits kHexDigits;

// All digits first and the check last, since it runs over every row.
template <size_t Digits>
bool hex(const char* text, uint32_t* value) {
  uint32_t sum = 0;
  uint8_t seen = 0;
  for (size_t i = 0; i < Digits; ++i) {
    const uint8_t digit = kHexDigits.value[static_cast<uint8_t>(text[i])];
    sum = sum << 4 | (digit & 15U);
    seen = static_cast<uint8_t>(seen | digit);
  }
  *value = sum;
  return seen != kNoDigit;
}

bool decimal(std::string_view word, uint32_t* value) {
  if (word.empty() || word.size() > 10) return false;
  uint64_t sum = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return false;
    sum = sum * 10 + static_cast<uint64_t>(c - '0');
  }
  *value = static_cast<uint32_t>(sum);
  return sum <= UINT32_MAX;
}

bool parseIpv6(std::string_view column, uint8_t (&bytes)[16]) {
  uint32_t number = 0;
  for (size_t group = 0; group < 8; ++group) {
    const char* part = column.data() + group * 5;
    if (!hex<4>(part, &number) || (group < 7 && part[4] != ':')) return false;
    store(bytes + group * 2, htons(static_cast<uint16_t>(number)));
  }
  return true;
}

// Places are known when this is compiled: it runs over every row.
template <size_t Index>
bool putAddress(std::string_view column, Record record) {
  uint32_t number = 0;
  uint8_t bytes[16];
  if (column.size() == kIpv4Width) {
    if (!hex<8>(column.data(), &number)) return false;
    store(bytes, htonl(number));
    return record.putBytes(kConnection, Index, bytes, 4);
  }
  return parseIpv6(column, bytes) && record.putBytes(kConnection, Index, bytes, sizeof bytes);
}

template <size_t Index>
bool putPort(std::string_view column, Record record) {
  uint32_t port = 0;
  if (!hex<4>(column.data(), &port)) return false;
  record.put(kConnection, Index, static_cast<uint16_t>(port));
  return true;
}

struct ProtocolName {
  std::string_view text;
  uint8_t number;
};
constexpr ProtocolName kNames[] = {{"TCP", IPPROTO_TCP},   {"UDP", IPPROTO_UDP},
                                   {"IP ", IPPROTO_IP},    {"SCTP", IPPROTO_SCTP},
                                   {"ICMP", IPPROTO_ICMP}, {"ICMPv6", IPPROTO_ICMPV6}};
constexpr std::string_view kNumbered = "IP_";

bool protocolNumber(std::string_view column, uint32_t* number) {
  for (const ProtocolName& name : kNames) {
    if (column == name.text) {
      *number = name.number;
      return true;
    }
  }
  return column.substr(0, kNumbered.size()) == kNumbered &&
         decimal(column.substr(kNumbered.size()), number) && *number <= UINT8_MAX;
}

// What the files tell behind the state.
struct Tail {
  uint32_t expires = 0;
  uint8_t origin = 0;
  std::string_view engine, engineData;
};

bool parseTail(std::string_view rest, ConnectionSource source, Tail* tail) {
  if (source == ConnectionSource::kSync) tail->origin = nextWord(&rest) == "SYNC" ? 2 : 1;
  if (!decimal(nextWord(&rest), &tail->expires)) return false;
  if (source == ConnectionSource::kSync || rest.empty()) return true;
  tail->engine = nextWord(&rest);
  tail->engineData = nextWord(&rest);
  return true;
}

void putTail(const Tail& tail, Record record) {
  record.put(kConnection, kExpiresAt, tail.expires);
  if (tail.origin != 0) record.put(kConnection, kOriginAt, tail.origin);
  if (tail.engine.empty()) return;
  record.putText(kConnection, kEngineAt, tail.engine.data(), tail.engine.size());
  if (tail.engineData.empty()) return;
  record.putText(kConnection, kEngineDataAt, tail.engineData.data(), tail.engineData.size());
}

bool putVirtual(const ConnectionColumns& columns, Record record) {
  if (!columns.isMark()) return putAddress<kVirtualAt>(columns.column[kVirtualColumn], record);
  uint8_t bytes[16];
  size_t length = 0;
  if (!parseAddress(columns.column[kVirtualColumn], bytes, &length)) return false;
  record.put(kConnection, kFwmarkAt, markIn(bytes));
  return true;
}

bool putColumns(const ConnectionColumns& columns, Record record) {
  const auto& column = columns.column;
  uint32_t protocol = 0;
  if (!protocolNumber(column[kProtocolColumn], &protocol) ||
      !putAddress<kClientAt>(column[kClientColumn], record) ||
      !putPort<kClientPortAt>(column[kClientPortColumn], record) || !putVirtual(columns, record) ||
      !putPort<kVirtualPortAt>(column[kVirtualPortColumn], record) ||
      !putAddress<kDestAt>(column[kDestColumn], record) ||
      !putPort<kDestPortAt>(column[kDestPortColumn], record)) {
    return false;
  }
  const std::string_view state = trimmed(column[kStateColumn]);
  record.put(kConnection, kProtocolAt, static_cast<uint8_t>(protocol));
  record.put<uint8_t>(kConnection, kTemplateAt, columns.isTemplate() ? 1 : 0);
  record.putText(kConnection, kStateAt, state.data(), state.size());
  return true;
}

}  // namespace

bool ConnectionColumns::isTemplate() const {
  return column[kClientPortColumn] == "0000" &&
         (column[kStateColumn] == "NONE       " || column[kStateColumn] == "ASSURED    ");
}

bool splitConnection(std::string_view line, ConnectionColumns* columns) {
  ColumnReader reader(line);
  auto& column = columns->column;
  if (!reader.takePadded(kProtocolWidth, &column[kProtocolColumn]) ||
      !reader.takeAddress(&column[kClientColumn]) ||
      !reader.take(kPortWidth, &column[kClientPortColumn]) ||
      !reader.takeAddress(&column[kVirtualColumn]) ||
      !reader.take(kPortWidth, &column[kVirtualPortColumn]) ||
      !reader.takeAddress(&column[kDestColumn]) ||
      !reader.take(kPortWidth, &column[kDestPortColumn]) ||
      !reader.takePadded(kStateWidth, &column[kStateColumn])) {
    return false;
  }
  columns->rest = reader.rest();
  return true;
}

std::string_view protocolColumn(uint8_t protocol, char (&room)[kWidestPadded]) {
  for (const ProtocolName& name : kNames) {
    if (name.number == protocol) return name.text;
  }
  const int length = snprintf(room, sizeof room, "IP_%u", protocol);
  return {room, static_cast<size_t>(length)};
}

// IPv4 is eight hexadecimal digits of the number, IPv6 the full form with colons (%pI6).
bool parseAddress(std::string_view column, uint8_t (&bytes)[16], size_t* length) {
  uint32_t number = 0;
  if (column.size() == kIpv4Width) {
    if (!hex<8>(column.data(), &number)) return false;
    store(bytes, htonl(number));
    *length = 4;
    return true;
  }
  *length = 16;
  return parseIpv6(column, bytes);
}

uint32_t markIn(const uint8_t (&bytes)[16]) { return ntohl(load<uint32_t>(bytes)); }

bool writeConnection(const ConnectionColumns& columns, ConnectionSource source, uint16_t tableIndex,
                     ResultWriter* results) {
  Tail tail;
  if (!parseTail(columns.rest, source, &tail)) return false;
  const size_t before = results->size();
  const size_t size = tail.engine.empty() ? kShortSize : kConnection.size;
  const Record record(results->shortRecord(tableIndex, size));
  if (!putColumns(columns, record)) {
    results->cutBack(before);
    return false;
  }
  putTail(tail, record);
  return true;
}

}  // namespace lvs::ipvs
