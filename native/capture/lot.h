// Frames on their way to TypeScript. A lot is one block in which each frame has a record and its
// bytes, filled up to a multiple of 8, so that they are written in one go; a record of the lot
// follows.
#pragma once

#include "capture/raw_frame.h"
#include "records/block.h"

namespace lvs::capture {

class LotWriter {
 public:
  // Frames are cut to that many bytes.
  void setSnapLength(uint32_t snapLength) { snapLength_ = snapLength; }

  void begin(ResultWriter& results);
  void add(const RawFrame& frame, ResultWriter& results);
  // Returns how many there were.
  uint32_t end(ResultWriter& results);

 private:
  uint32_t snapLength_ = 0;
  uint32_t frames_ = 0;
  uint64_t wireLength_ = 0;
  size_t start_ = 0;  // where the lot lies in the results
  size_t size_ = 0;   // of the last one
};

}  // namespace lvs::capture
