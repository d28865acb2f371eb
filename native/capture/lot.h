#pragma once

#include <vector>

#include "capture/raw_frame.h"
#include "records/block.h"

namespace lvs::capture {

// Writes frames as two blocks: the records, and all their bytes one after the other.
void writeLot(const std::vector<RawFrame>& frames, uint32_t snapLength, uint16_t frameIndex,
              ResultWriter& results);

}  // namespace lvs::capture
