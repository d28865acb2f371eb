// Lots of results on their way from a handle's thread to JavaScript. Node would deliver up to a
// thousand that come while JavaScript works on the first, and nothing else had its turn; so some of
// them wait until JavaScript comes for them by itself, in another turn of its event loop.
#pragma once

#include <utility>
#include <vector>

#include "addon/mutex.h"
#include "records/bytes.h"

namespace lvs::addon {

class Lots {
 public:
  // Called on the thread. Both tell whether JavaScript has to be told: it does not come by itself.
  bool add(Bytes lot) {
    const Locked locked(&mutex_);
    lots_.push_back(std::move(lot));
    return !std::exchange(awaited_, true);
  }
  // None will follow.
  bool end() {
    const Locked locked(&mutex_);
    ended_ = true;
    return !std::exchange(awaited_, true);
  }

  // The oldest, or an empty one once as the last word; false where there is neither. After a
  // `pause` JavaScript has to come for the next one.
  bool take(Bytes* lot, bool* pause) {
    const Locked locked(&mutex_);
    awaited_ = false;
    if (lots_.empty()) return std::exchange(ended_, false);
    lot->swap(lots_.front());
    lots_.erase(lots_.begin());
    taken_ += lot->size() + kLotCost;
    *pause = taken_ >= kTurnSize || !lots_.empty() || ended_;
    if (*pause) taken_ = 0;
    awaited_ = *pause;
    return true;
  }

 private:
  // JavaScript takes so many bytes in a turn, and a lot counts for so many more.
  static constexpr size_t kTurnSize = 64 << 10;
  static constexpr size_t kLotCost = 4 << 10;

  Mutex mutex_;
  std::vector<Bytes> lots_;
  bool ended_ = false;
  bool awaited_ = false;  // JavaScript will come
  size_t taken_ = 0;      // since the last pause
};

}  // namespace lvs::addon
