// The memory that the kernel lays frames into, and who owns which part of it.
#pragma once

#include <vector>

#include "capture/raw_frame.h"

namespace lvs::capture {

struct RingOptions {
  bool immediate;       // TPACKET_V2: every frame at once; else TPACKET_V3: by blocks
  uint32_t snapLength;  // longest frame, for the slots of version 2
  uint32_t size;        // bytes
};

// Frames that the kernel has handed over, in order. They are the reader's until released.
class Ring {
 public:
  Ring() = default;
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // 0 or a negative errno.
  int map(int socket, const RingOptions& options);
  // Lists the frames of the next lot: one block, or slots that hold about as much. False when the
  // kernel has handed over none. What does not lie inside the ring is left out.
  bool take(std::vector<RawFrame>* frames);
  // Gives the lot back to the kernel.
  void release();

 private:
  int request(int socket, const RingOptions& options);
  uint8_t* block(size_t index) const { return memory_ + index * blockSize_; }
  uint8_t* slot(size_t index) const;
  bool takeBlock(std::vector<RawFrame>* frames);
  bool takeSlots(std::vector<RawFrame>* frames);

  bool slots_ = false;
  uint8_t* memory_ = nullptr;
  size_t blockSize_ = 0;
  size_t blockCount_ = 0;
  size_t slotSize_ = 0;
  size_t slotsPerBlock_ = 0;
  size_t position_ = 0;  // block or slot that the next lot begins with
  size_t count_ = 0;     // of blocks or slots in the lot
};

}  // namespace lvs::capture
