// The memory that the kernel lays frames into, and who owns which part of it.
#pragma once

#include "capture/raw_frame.h"

namespace lvs::capture {

struct RingOptions {
  bool immediate;       // TPACKET_V2: every frame at once; else TPACKET_V3: by blocks
  uint32_t snapLength;  // longest frame, for the slots of version 2
  uint32_t size;        // bytes
};

// Frames that the kernel has handed over, lot by lot and in order: one block, or slots that hold
// about as much. They are the reader's until released.
class Ring {
 public:
  Ring() = default;
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // 0 or a negative errno.
  int map(int socket, const RingOptions& options);
  // Whether the kernel has handed over a lot.
  bool ready() const;
  // The next frame of the lot; false behind the last one. What does not lie inside the ring is left
  // out.
  bool next(RawFrame* frame);
  // Gives what was read of the lot back to the kernel.
  void release();

 private:
  int request(int socket, const RingOptions& options);
  size_t places() const { return slots_ ? slotsPerBlock_ * blockCount_ : blockCount_; }
  // The block or slot that is so many places behind the lot's first.
  uint8_t* place(size_t distance) const;
  void* statusAt(size_t distance) const;
  bool nextInBlock(RawFrame* frame);
  bool nextSlot(RawFrame* frame);

  bool slots_ = false;
  uint8_t* memory_ = nullptr;
  size_t blockSize_ = 0;
  size_t blockCount_ = 0;
  size_t slotSize_ = 0;
  size_t slotsPerBlock_ = 0;
  size_t position_ = 0;             // block or slot that the lot begins with
  size_t count_ = 0;                // of blocks or slots that were read
  size_t size_ = 0;                 // bytes of frames in those slots
  const uint8_t* block_ = nullptr;  // that is being read
  uint32_t left_ = 0;               // frames of it that were not read yet
  size_t offset_ = 0;               // of the next of them
};

}  // namespace lvs::capture
