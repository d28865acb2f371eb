#include "ipvs/connection_count.h"

#include <cstring>

namespace lvs::ipvs {
namespace {

// What each column belongs to, in the order of the columns.
constexpr uint8_t kPartOf[kColumns] = {kByProtocol, kByClient, 0,       kByVirtual,
                                       kByVirtual,  kByDest,   kByDest, kByState};

constexpr uint64_t kHashStart = 0xcbf29ce484222325, kHashFactor = 0x9e3779b97f4a7c15;
constexpr size_t kStep = sizeof(uint64_t);

// Eight bytes at a time, since it runs over every line of the table.
uint64_t hashOf(const char* bytes, size_t size) {
  uint64_t hash = kHashStart ^ size;
  for (size_t at = 0; at < size; at += kStep) {
    uint64_t part = 0;
    memcpy(&part, bytes + at, kStep);
    hash = (hash ^ part) * kHashFactor;
    hash ^= hash >> 29;
  }
  return hash ^ hash >> 32;
}

}  // namespace

ConnectionCounts::ConnectionCounts(uint8_t by) : byVirtual_((by & kByVirtual) != 0) {
  for (uint8_t i = 0; i < kColumns; ++i) {
    if ((kPartOf[i] & by) == 0) continue;
    const auto column = static_cast<Column>(i);
    if (runCount_ != 0 && runs_[runCount_ - 1].last + 1 == column) {
      runs_[runCount_ - 1].last = column;
    } else {
      runs_[runCount_++] = {column, column};
    }
  }
}

// The key is text, as the kernel prints it: two connections that print alike are alike.
void ConnectionCounts::makeKey(const ConnectionColumns& columns) {
  char* to = key_;
  for (size_t i = 0; i < runCount_; ++i) {
    const std::string_view first = columns.column[runs_[i].first];
    const std::string_view last = columns.column[runs_[i].last];
    const auto size = static_cast<size_t>(last.data() + last.size() - first.data());
    memcpy(to, first.data(), size);
    to += size;
  }
  // The mark of a template may read like an address.
  if (byVirtual_ && columns.isMark()) *to++ = 'm';
  memset(to, 0, kStep);
  keySize_ = static_cast<size_t>(to - key_);
}

void ConnectionCounts::add(std::string_view line, const ConnectionColumns& columns) {
  makeKey(columns);
  const uint64_t hash = hashOf(key_, keySize_);
  if (places_.size() < kinds_.size() * 2 + 2) grow();
  const size_t mask = places_.size() - 1;
  size_t place = hash & mask;
  for (; places_[place] != 0; place = (place + 1) & mask) {
    Kind& kind = kinds_[places_[place] - 1];
    if (!isKeyOf(kind, hash)) continue;
    ++kind.count;
    return;
  }
  kinds_.push_back({hash, 1, keep({key_, keySize_}), keep(line)});
  places_[place] = static_cast<uint32_t>(kinds_.size());
}

bool ConnectionCounts::isKeyOf(const Kind& kind, uint64_t hash) const {
  return kind.hash == hash && textOf(kind.key) == std::string_view(key_, keySize_);
}

ConnectionCounts::Part ConnectionCounts::keep(std::string_view text) {
  const Part part{texts_.size(), text.size()};
  texts_.insert(texts_.end(), text.begin(), text.end());
  return part;
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
    ConnectionColumns columns;
    if (!splitConnection(textOf(kind.line), &columns) ||
        !writeConnection(columns, source, connectionIndex, &results)) {
      continue;
    }
    Record(results.record(countIndex, kCount)).put<uint64_t>(kCount, kCountAt, kind.count);
  }
}

}  // namespace lvs::ipvs
