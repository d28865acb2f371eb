#include "ipvs/connection_line.h"

#include <arpa/inet.h>

namespace lvs::ipvs {
namespace {

constexpr size_t at(const char* name) { return fieldIndex(kConnectionLayout, name); }

constexpr size_t kProtocolAt = at("protocol"), kTemplateAt = at("template"),
                 kOriginAt = at("origin"), kClientAt = at("client"),
                 kClientPortAt = at("clientPort"), kVirtualAt = at("virtual"),
                 kVirtualPortAt = at("virtualPort"), kFwmarkAt = at("fwmark"), kDestAt = at("dest"),
                 kDestPortAt = at("destPort"), kStateAt = at("state"), kExpiresAt = at("expires"),
                 kEngineAt = at("engine"), kEngineDataAt = at("engineData");

struct Word {
  const char* text = nullptr;
  size_t length = 0;
  bool is(const char* other) const {
    return strlen(other) == length && memcmp(text, other, length) == 0;
  }
};

class Words {
 public:
  Words(const char* line, size_t length) : at_(line), end_(line + length) {}
  bool next(Word* word) {
    while (at_ < end_ && *at_ == ' ') ++at_;
    word->text = at_;
    while (at_ < end_ && *at_ != ' ') ++at_;
    word->length = static_cast<size_t>(at_ - word->text);
    return word->length != 0;
  }

 private:
  const char* at_;
  const char* end_;
};

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

bool hex(Word word, uint32_t* value) {
  if (word.length == 0 || word.length > 8) return false;
  uint32_t sum = 0;
  for (size_t i = 0; i < word.length; ++i) {
    const uint8_t digit = kHexDigits.value[static_cast<uint8_t>(word.text[i])];
    if (digit == kNoDigit) return false;
    sum = sum << 4 | digit;
  }
  *value = sum;
  return true;
}

bool decimal(Word word, uint32_t* value) {
  if (word.length == 0 || word.length > 10) return false;
  uint64_t sum = 0;
  for (size_t i = 0; i < word.length; ++i) {
    if (word.text[i] < '0' || word.text[i] > '9') return false;
    sum = sum * 10 + static_cast<uint64_t>(word.text[i] - '0');
  }
  *value = static_cast<uint32_t>(sum);
  return sum <= UINT32_MAX;
}

// IPv4 is eight hexadecimal digits of the number, IPv6 the full form with colons (%pI6).
bool parseAddress(Word word, uint8_t bytes[16], size_t* length) {
  uint32_t number = 0;
  if (word.length == 8 && hex(word, &number)) {
    store(bytes, htonl(number));
    *length = 4;
    return true;
  }
  if (word.length != 39) return false;
  for (size_t group = 0; group < 8; ++group) {
    const Word part{word.text + group * 5, 4};
    if (!hex(part, &number) || (group < 7 && part.text[4] != ':')) return false;
    bytes[group * 2] = static_cast<uint8_t>(number >> 8);
    bytes[group * 2 + 1] = static_cast<uint8_t>(number);
  }
  *length = 16;
  return true;
}

bool putAddress(Word word, Record record, size_t index) {
  uint8_t bytes[16];
  size_t length = 0;
  return parseAddress(word, bytes, &length) && record.putBytes(kConnection, index, bytes, length);
}

bool putPort(Word word, Record record, size_t index, uint32_t* port) {
  if (!hex(word, port) || *port > UINT16_MAX) return false;
  record.put(kConnection, index, static_cast<uint16_t>(*port));
  return true;
}

bool protocolNumber(Word word, uint32_t* number) {
  struct Name {
    const char* text;
    uint32_t number;
  };
  constexpr Name kNames[] = {{"IP", IPPROTO_IP},     {"TCP", IPPROTO_TCP},
                             {"UDP", IPPROTO_UDP},   {"SCTP", IPPROTO_SCTP},
                             {"ICMP", IPPROTO_ICMP}, {"ICMPv6", IPPROTO_ICMPV6}};
  for (const Name& name : kNames) {
    if (word.is(name.text)) {
      *number = name.number;
      return true;
    }
  }
  return word.length > 3 && memcmp(word.text, "IP_", 3) == 0 &&
         decimal({word.text + 3, word.length - 3}, number) && *number <= UINT8_MAX;
}

// A persistence template stands for a client or a network of clients, so it has no client port;
// that of a firewall mark service shows the mark where the virtual address would be.
void putVirtual(Record record, uint32_t protocol, bool isTemplate, Word address, bool* ok) {
  uint8_t bytes[16];
  size_t length = 0;
  *ok = parseAddress(address, bytes, &length);
  if (!*ok) return;
  if (isTemplate && protocol == IPPROTO_IP) {
    record.put(kConnection, kFwmarkAt, ntohl(load<uint32_t>(bytes)));
    return;
  }
  record.putBytes(kConnection, kVirtualAt, bytes, length);
}

}  // namespace

bool parseConnection(const char* line, size_t length, ConnectionSource source, Record record) {
  Words words(line, length);
  Word protocolWord, client, clientPort, virtualAddress, virtualPort, dest, destPort, state;
  if (!words.next(&protocolWord) || !words.next(&client) || !words.next(&clientPort) ||
      !words.next(&virtualAddress) || !words.next(&virtualPort) || !words.next(&dest) ||
      !words.next(&destPort) || !words.next(&state)) {
    return false;
  }
  uint32_t protocol = 0, client16 = 0, virtual16 = 0, dest16 = 0, expires = 0;
  if (!protocolNumber(protocolWord, &protocol) || !putAddress(client, record, kClientAt) ||
      !putPort(clientPort, record, kClientPortAt, &client16) ||
      !putPort(virtualPort, record, kVirtualPortAt, &virtual16) ||
      !putAddress(dest, record, kDestAt) || !putPort(destPort, record, kDestPortAt, &dest16)) {
    return false;
  }
  const bool isTemplate = client16 == 0 && (state.is("NONE") || state.is("ASSURED"));
  bool ok = false;
  putVirtual(record, protocol, isTemplate, virtualAddress, &ok);
  Word word;
  if (source == ConnectionSource::kSync) {
    ok = ok && words.next(&word);
    const bool sync = ok && word.is("SYNC");
    record.put<uint8_t>(kConnection, kOriginAt, sync ? 2 : 1);
  }
  if (!ok || !words.next(&word) || !decimal(word, &expires)) return false;
  record.put(kConnection, kProtocolAt, static_cast<uint8_t>(protocol));
  record.put<uint8_t>(kConnection, kTemplateAt, isTemplate ? 1 : 0);
  record.putText(kConnection, kStateAt, state.text, state.length);
  record.put(kConnection, kExpiresAt, expires);
  if (source == ConnectionSource::kConnections && words.next(&word)) {
    record.putText(kConnection, kEngineAt, word.text, word.length);
    if (words.next(&word)) record.putText(kConnection, kEngineDataAt, word.text, word.length);
  }
  return true;
}

}  // namespace lvs::ipvs
