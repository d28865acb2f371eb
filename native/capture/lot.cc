#include "capture/lot.h"

#include "capture/tables.h"
#include "records/record.h"

namespace lvs::capture {
namespace {

constexpr size_t kTimestampAt = fieldIndex(kFrameLayout, "timestamp");
constexpr size_t kOffsetAt = fieldIndex(kFrameLayout, "offset");
constexpr size_t kCapturedAt = fieldIndex(kFrameLayout, "capturedLength");
constexpr size_t kLengthAt = fieldIndex(kFrameLayout, "length");
constexpr size_t kTypeAt = fieldIndex(kFrameLayout, "packetType");

uint32_t lengthOnWire(const RawFrame& frame) {
  return frame.length + (frame.tagged ? uint32_t{kTagLength} : 0);
}

}  // namespace

void writeLot(const std::vector<RawFrame>& frames, uint32_t snapLength, uint16_t frameIndex,
              ResultWriter& results) {
  uint8_t* at = results.records(frameIndex, kFrame, frames.size());
  uint32_t offset = 0;
  for (const RawFrame& frame : frames) {
    const uint32_t size = restoredLength(frame, snapLength);
    Record record(at);
    record.put(kFrame, kTimestampAt, frame.timestamp);
    record.put(kFrame, kOffsetAt, offset);
    record.put(kFrame, kCapturedAt, size);
    record.put(kFrame, kLengthAt, lengthOnWire(frame));
    record.put(kFrame, kTypeAt, frame.packetType);
    offset += size;
    at += kFrame.size;
  }
  uint8_t* to = results.bytes(0, offset);
  for (const RawFrame& frame : frames) {
    const uint32_t size = restoredLength(frame, snapLength);
    restore(frame, size, to);
    to += size;
  }
}

}  // namespace lvs::capture
