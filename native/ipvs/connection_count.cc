#include "ipvs/connection_count.h"

#include <cstring>

namespace lvs::ipvs {
namespace {

// The words of a line that tell connections apart: protocol, client, port, virtual address, port,
// real server, port, state.
constexpr size_t kWords = 8;
constexpr uint8_t kWordOf[kWords] = {kByProtocol, kByClient, 0,       kByVirtual,
                                     kByVirtual,  kByDest,   kByDest, kByState};
constexpr size_t kClientPortWord = 2, kVirtualPortWord = 4;

constexpr uint64_t kHashStart = 0xcbf29ce484222325, kHashFactor = 0x9e3779b97f4a7c15;

// Eight bytes at a time, since it runs over every line of the table.
uint64_t hashOf(const char* bytes, size_t length) {
  uint64_t hash = kHashStart ^ length;
  for (; length >= sizeof(uint64_t); bytes += sizeof(uint64_t), length -= sizeof(uint64_t)) {
    uint64_t part = 0;
    memcpy(&part, bytes, sizeof part);
    hash = (hash ^ part) * kHashFactor;
    hash ^= hash >> 29;
  }
  uint64_t rest = 0;
  memcpy(&rest, bytes, length);
  hash = (hash ^ rest) * kHashFactor;
  return hash ^ hash >> 32;
}

}  // namespace

// The key is text, as the kernel prints it: two connections that print alike are alike.
bool ConnectionCounts::add(const char* line, size_t length) {
  const char* at = line;
  const char* end = line + length;
  key_.clear();
  bool isMark = false;
  for (size_t i = 0; i < kWords; ++i) {
    while (at < end && *at == ' ') ++at;
    const char* word = at;
    while (at < end && *at != ' ') ++at;
    if (at == word) return false;
    const auto size = static_cast<size_t>(at - word);
    if (i == 0) isMark = size == 2 && memcmp(word, "IP", 2) == 0;
    if (i == kClientPortWord) isMark = isMark && size == 4 && memcmp(word, "0000", 4) == 0;
    if ((kWordOf[i] & by_) == 0) continue;
    key_.insert(key_.end(), word, at);
    key_.push_back(' ');
    // Where the virtual address of a connection would be, a firewall mark's template has the mark.
    if (i == kVirtualPortWord && isMark) key_.push_back('m');
  }
  find(hashOf(key_.data(), key_.size()), line, length);
  return true;
}

void ConnectionCounts::find(uint64_t hash, const char* line, size_t length) {
  if (places_.size() < kinds_.size() * 2 + 2) grow();
  const size_t mask = places_.size() - 1;
  for (size_t place = hash & mask;; place = (place + 1) & mask) {
    const uint32_t number = places_[place];
    if (number == 0) {
      places_[place] = static_cast<uint32_t>(kinds_.size() + 1);
      kinds_.push_back({hash, 1, keys_.size(), key_.size(), std::string(line, length)});
      keys_.insert(keys_.end(), key_.begin(), key_.end());
      return;
    }
    Kind& kind = kinds_[number - 1];
    if (kind.hash == hash && kind.keyLength == key_.size() &&
        memcmp(keys_.data() + kind.key, key_.data(), key_.size()) == 0) {
      ++kind.count;
      return;
    }
  }
}

void ConnectionCounts::grow() {
  places_.assign(places_.empty() ? 256 : places_.size() * 2, 0);
  const size_t mask = places_.size() - 1;
  for (size_t i = 0; i < kinds_.size(); ++i) {
    size_t place = kinds_[i].hash & mask;
    while (places_[place] != 0) place = (place + 1) & mask;
    places_[place] = static_cast<uint32_t>(i + 1);
  }
}

void ConnectionCounts::write(ResultWriter& results, uint16_t connectionIndex, uint16_t countIndex,
                             ConnectionSource source) const {
  constexpr size_t kCountAt = fieldIndex(kCountLayout, "count");
  for (const Kind& kind : kinds_) {
    Record connection(results.record(connectionIndex, kConnection));
    if (!parseConnection(kind.line.data(), kind.line.size(), source, connection)) {
      results.dropRecord(kConnection);
      continue;
    }
    Record(results.record(countIndex, kCount)).put<uint64_t>(kCount, kCountAt, kind.count);
  }
}

}  // namespace lvs::ipvs
