#include "capture/lot.h"

#include "capture/tables.h"
#include "records/record.h"

namespace lvs::capture {
namespace {

constexpr size_t kTimestampAt = fieldIndex(kFrameLayout, "timestamp");
constexpr size_t kCapturedAt = fieldIndex(kFrameLayout, "capturedLength");
constexpr size_t kLengthAt = fieldIndex(kFrameLayout, "length");
constexpr size_t kTypeAt = fieldIndex(kFrameLayout, "packetType");
constexpr size_t kWord = 8;

uint32_t lengthOnWire(const RawFrame& frame) {
  return frame.length + (frame.tagged ? uint32_t{kTagLength} : 0);
}

}  // namespace

void LotWriter::begin(ResultWriter& results) {
  start_ = results.size();
  // The next lot is often as large as the last one, and a little larger every other time.
  results.beginBytes(0, size_ + size_ / 8);
  frames_ = 0;
  wireLength_ = 0;
}

// Once over each frame, since its bytes lie in memory that another processor has written.
void LotWriter::add(const RawFrame& frame, ResultWriter& results) {
  const uint32_t size = restoredLength(frame, snapLength_);
  const size_t room = kFrame.size + (size_t{size} + kWord - 1) / kWord * kWord;
  const uint32_t length = lengthOnWire(frame);
  uint8_t* at = results.moreBytes(room);
  store<uint64_t>(at + room - kWord, 0);
  memset(at, 0, kFrame.size);
  Record record(at);
  record.put(kFrame, kTimestampAt, frame.timestamp);
  record.put(kFrame, kCapturedAt, size);
  record.put(kFrame, kLengthAt, length);
  record.put(kFrame, kTypeAt, frame.packetType);
  restore(frame, size, at + kFrame.size);
  ++frames_;
  wireLength_ += length;
}

uint32_t LotWriter::end(ResultWriter& results) {
  results.endBytes();
  Record lot(results.record(kLotIndex, kLot));
  lot.put(kLot, fieldIndex(kLotLayout, "frames"), frames_);
  lot.put(kLot, fieldIndex(kLotLayout, "wireLength"), wireLength_);
  size_ = results.size() - start_;
  return frames_;
}

}  // namespace lvs::capture
