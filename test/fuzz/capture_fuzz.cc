// libFuzzer: bytes that claim to be frames in a packet ring. Whatever the headers say, nothing
// outside the bytes is read, and what is written has the length that was announced.
#include <cstring>
#include <memory>

#include "capture/lot.h"
#include "capture/raw_frame.h"
#include "capture/tables.h"
#include "hostile_kernel.h"
#include "records/record.h"

using namespace lvs;
using namespace lvs::capture;

namespace {

// A block of exactly that many bytes, so that writing beyond it is caught.
void restoreExactly(const RawFrame& frame, uint32_t snapLength) {
  const uint32_t size = restoredLength(frame, snapLength);
  const std::unique_ptr<uint8_t[]> to(new uint8_t[size]);
  restore(frame, size, to.get());
}

// Goes from frame to frame as TypeScript does; what is left must be nothing.
void walk(const Bytes& bytes, size_t count) {
  BlockReader blocks(bytes.data() + sizeof(ResultHeader), bytes.size() - sizeof(ResultHeader));
  Block frames;
  hostile::demand(blocks.next(&frames) && frames.header.table == kBytesBlock);
  size_t at = 0;
  for (; count > 0; --count) {
    hostile::demand(frames.header.size - at >= kFrame.size);
    const size_t index = fieldIndex(kFrameLayout, "capturedLength");
    const auto captured = ConstRecord(frames.body + at).get<uint32_t>(kFrame.fields[index]);
    at += kFrame.size + (size_t{captured} + 7) / 8 * 8;
    hostile::demand(at <= frames.header.size);
  }
  hostile::demand(at == frames.header.size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const uint32_t snapLength = uint32_t{data[0]} * 8 + 1;
  const bool slots = (data[1] & 1) != 0;
  const size_t room = size - 2;
  const std::unique_ptr<uint8_t[]> block(new uint8_t[room]);
  memcpy(block.get(), data + 2, room);
  hostile::Host host;
  LotWriter lot;
  lot.setSnapLength(snapLength);
  host.results().begin(1);
  lot.begin(host.results());
  size_t count = 0;
  const auto take = [&](const RawFrame& frame) {
    restoreExactly(frame, snapLength);
    lot.add(frame, host.results());
    ++count;
  };
  RawFrame frame;
  if (slots) {
    if (readVersion2(block.get(), room, &frame)) take(frame);
  } else {
    uint32_t distance = 0;
    for (size_t at = 0; at < room && readVersion3(block.get() + at, room - at, &frame, &distance);
         at += distance) {
      take(frame);
      if (distance == 0) break;
    }
  }
  hostile::demand(lot.end(host.results()) == count);
  host.results().end(0);
  walk(host.results().take({}), count);
  return 0;
}
