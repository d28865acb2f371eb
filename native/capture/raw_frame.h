// Frames as the kernel lays them into a ring: tpacket2_hdr and tpacket3_hdr of <linux/if_packet.h>.
#pragma once

#include <linux/if_packet.h>

#include <cstddef>
#include <cstdint>

namespace lvs::capture {

struct RawFrame {
  const uint8_t* data = nullptr;
  uint32_t captured = 0;
  uint32_t length = 0;  // on the wire
  uint64_t timestamp = 0;
  uint8_t packetType = 0;
  // The kernel takes the outer VLAN tag out of the data and reports it here.
  bool tagged = false;
  uint16_t tagControl = 0;
  uint16_t tagProtocol = 0;
};

constexpr size_t kTagLength = 4;

// Headers, and what follows them, begin on such a boundary.
constexpr size_t alignedToFrame(size_t size) {
  constexpr size_t kAlignment = TPACKET_ALIGNMENT;
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

// Reads the header at `at`, of whose buffer `room` bytes are left. False when it leads out of them.
// *next is the distance to the header behind it: 0 after a block's last frame.
bool readVersion3(const uint8_t* at, size_t room, RawFrame* frame, uint32_t* next);
bool readVersion2(const uint8_t* at, size_t room, RawFrame* frame);

// Bytes that the frame takes once its tag is back, cut to the snapshot length.
uint32_t restoredLength(const RawFrame& frame, uint32_t snapLength);
// Writes exactly that many.
void restore(const RawFrame& frame, uint32_t size, uint8_t* to);

}  // namespace lvs::capture
