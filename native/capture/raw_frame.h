// Frames as the kernel lays them into a ring: tpacket2_hdr and tpacket3_hdr of <linux/if_packet.h>.
#pragma once

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

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

constexpr uint32_t kAddressesLength = 2 * ETH_ALEN;  // the tag belongs behind them

inline bool roomForTag(const RawFrame& frame) {
  return frame.tagged && frame.captured >= kAddressesLength;
}

// Bytes that the frame takes once its tag is back, cut to the snapshot length.
inline uint32_t restoredLength(const RawFrame& frame, uint32_t snapLength) {
  const uint64_t whole = uint64_t{frame.captured} + (roomForTag(frame) ? kTagLength : 0);
  return whole < snapLength ? static_cast<uint32_t>(whole) : snapLength;
}

// Writes a tagged frame of exactly that many bytes.
void restoreTagged(const RawFrame& frame, uint32_t size, uint8_t* to);

// Writes exactly that many.
inline void restore(const RawFrame& frame, uint32_t size, uint8_t* to) {
  if (roomForTag(frame)) {
    restoreTagged(frame, size, to);
  } else if (size != 0) {
    memcpy(to, frame.data, size);
  }
}

}  // namespace lvs::capture
