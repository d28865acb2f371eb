// Frames on their way to TypeScript: a lot is one block of all their bytes, then one of records.
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
  size_t end(uint16_t frameIndex, ResultWriter& results);

 private:
  uint32_t snapLength_ = 0;
  uint32_t offset_ = 0;  // of the next frame's bytes
  Bytes records_;        // of the lot, and room for those of the next
};

}  // namespace lvs::capture
