// libFuzzer: bytes that claim to be frames in a packet ring. Whatever the headers say, nothing
// outside the bytes is read, and what is written has the length that was announced.
//
//   clang++ -std=c++17 -g -O1 -fsanitize=fuzzer,address,undefined -Inative \
//     test/fuzz/capture_fuzz.cc native/capture/raw_frame.cc -o capture_fuzz
#include <cstdint>
#include <cstring>
#include <memory>

#include "capture/raw_frame.h"

using namespace lvs::capture;

namespace {

// A block of exactly that many bytes, so that reading beyond it is caught.
void restoreExactly(const RawFrame& frame, uint32_t snapLength) {
  const uint32_t size = restoredLength(frame, snapLength);
  const std::unique_ptr<uint8_t[]> to(new uint8_t[size]);
  restore(frame, size, to.get());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const uint32_t snapLength = uint32_t{data[0]} * 8 + 1;
  const bool slots = (data[1] & 1) != 0;
  const size_t room = size - 2;
  const std::unique_ptr<uint8_t[]> block(new uint8_t[room]);
  memcpy(block.get(), data + 2, room);
  RawFrame frame;
  if (slots) {
    if (readVersion2(block.get(), room, &frame)) restoreExactly(frame, snapLength);
    return 0;
  }
  uint32_t distance = 0;
  for (size_t at = 0; at < room && readVersion3(block.get() + at, room - at, &frame, &distance);
       at += distance) {
    restoreExactly(frame, snapLength);
    if (distance == 0) break;
  }
  return 0;
}
