// Buffers that have been used and will be again. Memory that was just freed comes back from the
// system as pages to be faulted in one by one, which costs more than what is written there.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "addon/mutex.h"
#include "records/bytes.h"

namespace lvs::addon {

class Spares {
 public:
  // Empty, but with room if there is a spare one: the smallest of those that have this much, or
  // else the largest, since it takes the least to grow.
  Bytes take(size_t size) {
    Bytes bytes;
    const Locked locked(&mutex_);
    const auto found = std::min_element(spares_.begin(), spares_.end(),
                                        [size](const Bytes& one, const Bytes& other) {
                                          const bool fits = one.capacity() >= size;
                                          if (fits != (other.capacity() >= size)) return fits;
                                          return fits == (one.capacity() < other.capacity());
                                        });
    if (found != spares_.end()) {
      bytes.swap(*found);
      found->swap(spares_.back());
      spares_.pop_back();
      size_ -= bytes.capacity();
    }
    return bytes;
  }

  void giveBack(Bytes&& used) {
    used.clear();
    const Locked locked(&mutex_);
    if (size_ + used.capacity() <= kMostBytes) {
      size_ += used.capacity();
      spares_.push_back(std::move(used));
    }
  }

 private:
  static constexpr size_t kMostBytes = 64 << 20;

  Mutex mutex_;
  std::vector<Bytes> spares_;
  size_t size_ = 0;  // of all of them
};

}  // namespace lvs::addon
