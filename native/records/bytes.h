// Memory that grows. Unlike a vector it does not clear what will be written over: for results that
// come by the megabyte that would be as much work as writing them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace lvs {

class Bytes {
 public:
  Bytes() = default;
  ~Bytes() { free(data_); }
  Bytes(Bytes&& other) noexcept { swap(other); }
  Bytes& operator=(Bytes&& other) noexcept {
    swap(other);
    return *this;
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }

  // What is new has no particular value. Pointers into the bytes are void afterwards.
  void resize(size_t size) {
    if (size > capacity_) grow(std::max(size, capacity_ + capacity_ / 2));
    size_ = size;
  }
  // Room for so many without growing by more.
  void reserve(size_t size) {
    if (size > capacity_) grow(size);
  }
  void clear() { size_ = 0; }

  void swap(Bytes& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void grow(size_t capacity) {
    void* data = realloc(data_, capacity);
    if (data == nullptr) abort();
    data_ = static_cast<uint8_t*>(data);
    capacity_ = capacity;
  }

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace lvs
