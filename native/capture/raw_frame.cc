#include "capture/raw_frame.h"

#include <algorithm>
#include <cstring>

#include "records/record.h"

namespace lvs::capture {
namespace {

constexpr uint64_t kNanoseconds = 1'000'000'000;

// Both headers are followed by the link's address at the next aligned place.
template <typename Header>
bool finish(const uint8_t* at, size_t room, const Header& header, RawFrame* frame) {
  constexpr size_t kLinkAt = alignedToFrame(sizeof(Header));
  if (kLinkAt + sizeof(sockaddr_ll) > room) return false;
  if (header.tp_mac > room || header.tp_snaplen > room - header.tp_mac) return false;
  frame->packetType = load<sockaddr_ll>(at + kLinkAt).sll_pkttype;
  frame->data = at + header.tp_mac;
  frame->captured = header.tp_snaplen;
  frame->length = header.tp_len;
  frame->timestamp = header.tp_sec * kNanoseconds + header.tp_nsec;
  // A tag of 0 is a tag too. Kernels before 3.14 don't say which protocol it was.
  frame->tagged = (header.tp_status & TP_STATUS_VLAN_VALID) != 0;
  frame->tagProtocol = ETH_P_8021Q;
  return true;
}

}  // namespace

bool readVersion3(const uint8_t* at, size_t room, RawFrame* frame, uint32_t* next) {
  if (room < sizeof(tpacket3_hdr)) return false;
  const auto header = load<tpacket3_hdr>(at);
  if (header.tp_next_offset > room || !finish(at, room, header, frame)) return false;
  frame->tagControl = static_cast<uint16_t>(header.hv1.tp_vlan_tci);
  if ((header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0) {
    frame->tagProtocol = header.hv1.tp_vlan_tpid;
  }
  *next = header.tp_next_offset;
  return true;
}

bool readVersion2(const uint8_t* at, size_t room, RawFrame* frame) {
  if (room < sizeof(tpacket2_hdr)) return false;
  const auto header = load<tpacket2_hdr>(at);
  if (!finish(at, room, header, frame)) return false;
  frame->tagControl = header.tp_vlan_tci;
  if ((header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0) {
    frame->tagProtocol = header.tp_vlan_tpid;
  }
  return true;
}

void restoreTagged(const RawFrame& frame, uint32_t size, uint8_t* to) {
  const uint8_t tag[kTagLength] = {
      static_cast<uint8_t>(frame.tagProtocol >> 8), static_cast<uint8_t>(frame.tagProtocol),
      static_cast<uint8_t>(frame.tagControl >> 8), static_cast<uint8_t>(frame.tagControl)};
  const auto put = [&](uint32_t place, const uint8_t* from, size_t count) {
    if (place < size) memcpy(to + place, from, std::min<size_t>(count, size - place));
  };
  put(0, frame.data, kAddressesLength);
  put(kAddressesLength, tag, kTagLength);
  put(kAddressesLength + kTagLength, frame.data + kAddressesLength,
      frame.captured - kAddressesLength);
}

}  // namespace lvs::capture
