// One record: presence bits, then every field at the place its table gives.
#pragma once

#include <cstring>

#include "records/field.h"

namespace lvs {

// Unaligned, type-safe loads and stores.
template <typename T>
inline T load(const uint8_t* from) {
  T value;
  memcpy(&value, from, sizeof value);
  return value;
}
template <typename T>
inline void store(uint8_t* to, T value) {
  memcpy(to, &value, sizeof value);
}

class ConstRecord {
 public:
  explicit ConstRecord(const uint8_t* bytes) : bytes_(bytes) {}

  const uint8_t* bytes() const { return bytes_; }
  uint64_t presence() const { return load<uint64_t>(bytes_); }
  bool has(size_t index) const { return (presence() >> index & 1) != 0; }
  const uint8_t* at(const Field& field) const { return bytes_ + field.offset; }

  template <typename T>
  T get(const Field& field) const {
    return load<T>(at(field));
  }
  // Text is not trusted to be terminated; what lies beyond its field is never read.
  size_t textLength(const Field& field) const {
    return strnlen(reinterpret_cast<const char*>(at(field)), static_cast<size_t>(field.size - 1));
  }

 private:
  const uint8_t* bytes_;
};

// A record being filled in; its bytes must be zero to begin with.
class Record {
 public:
  explicit Record(uint8_t* bytes) : bytes_(bytes) {}

  void mark(size_t index) {
    store<uint64_t>(bytes_, load<uint64_t>(bytes_) | uint64_t{1} << index);
  }
  template <typename T>
  void put(const Table& table, size_t index, T value) {
    store<T>(bytes_ + table.fields[index].offset, value);
    mark(index);
  }
  // Cuts what is longer than the field, so the terminating zero is always there.
  void putText(const Table& table, size_t index, const char* text, size_t length) {
    const Field& field = table.fields[index];
    const size_t most = static_cast<size_t>(field.size - 1);
    memcpy(bytes_ + field.offset, text, length < most ? length : most);
    mark(index);
  }
  // False when the bytes don't fit the field.
  bool putBytes(const Table& table, size_t index, const uint8_t* data, size_t length) {
    const Field& field = table.fields[index];
    const size_t start = field.kind == Kind::kAddress ? 4 : 1;
    if (length > field.size - start) return false;
    bytes_[field.offset] = static_cast<uint8_t>(length);
    if (length != 0) memcpy(bytes_ + field.offset + start, data, length);
    mark(index);
    return true;
  }

 private:
  uint8_t* bytes_;
};

}  // namespace lvs
