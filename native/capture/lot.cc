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

void LotWriter::begin(ResultWriter& results) {
  // The next lot is often as large as the last one, and a little larger every other time.
  const size_t last = offset_ + records_.size();
  results.beginBytes(0, last + last / 8);
  records_.clear();
  offset_ = 0;
}

// Once over each frame, since its bytes lie in memory that another processor has written.
void LotWriter::add(const RawFrame& frame, ResultWriter& results) {
  const uint32_t size = restoredLength(frame, snapLength_);
  restore(frame, size, results.moreBytes(size));
  const size_t at = records_.size();
  records_.resize(at + kFrame.size);
  memset(records_.data() + at, 0, kFrame.size);
  Record record(records_.data() + at);
  record.put(kFrame, kTimestampAt, frame.timestamp);
  record.put(kFrame, kOffsetAt, offset_);
  record.put(kFrame, kCapturedAt, size);
  record.put(kFrame, kLengthAt, lengthOnWire(frame));
  record.put(kFrame, kTypeAt, frame.packetType);
  offset_ += size;
}

size_t LotWriter::end(uint16_t frameIndex, ResultWriter& results) {
  results.endBytes();
  results.records(frameIndex, records_.data(), records_.size());
  return records_.size() / kFrame.size;
}

}  // namespace lvs::capture
