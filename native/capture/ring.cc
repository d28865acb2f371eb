#include "capture/ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>

#include "records/record.h"

namespace lvs::capture {
namespace {

constexpr uint32_t kBlockSize = 256 << 10;
constexpr uint32_t kRetireMilliseconds = 10;  // a block that is not full is handed over after that
// The longest frame that a network stack makes without BIG TCP; longer ones are cut and say so.
constexpr uint32_t kLongestFrame = 65536 + 64;
constexpr size_t kSlotOverhead = alignedToFrame(sizeof(tpacket2_hdr) + sizeof(sockaddr_ll)) + 64;
constexpr size_t kLotSlots = 1024;

// The kernel's word on a block or slot. Whatever it wrote before is to be seen after.
uint32_t statusOf(void* word) {
  return __atomic_load_n(static_cast<uint32_t*>(word), __ATOMIC_ACQUIRE);
}

void giveBack(void* word) {
  __atomic_store_n(static_cast<uint32_t*>(word), uint32_t{TP_STATUS_KERNEL}, __ATOMIC_RELEASE);
}

constexpr size_t kBlockStatusAt = offsetof(tpacket_block_desc, hdr.bh1.block_status);
constexpr size_t kSlotStatusAt = offsetof(tpacket2_hdr, tp_status);

}  // namespace

Ring::~Ring() {
  if (memory_ != nullptr) munmap(memory_, blockSize_ * blockCount_);
}

int Ring::map(int socket, const RingOptions& options) {
  slots_ = options.immediate;
  blockSize_ = kBlockSize;
  blockCount_ = std::max<size_t>(options.size / kBlockSize, 2);
  slotSize_ = alignedToFrame(std::min(options.snapLength, kLongestFrame) + kSlotOverhead);
  slotsPerBlock_ = blockSize_ / slotSize_;
  if (const int error = request(socket, options)) return error;
  void* memory = mmap(nullptr, blockSize_ * blockCount_, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_POPULATE, socket, 0);
  if (memory == MAP_FAILED) return -errno;
  memory_ = static_cast<uint8_t*>(memory);
  return 0;
}

int Ring::request(int socket, const RingOptions& options) {
  const int version = options.immediate ? TPACKET_V2 : TPACKET_V3;
  if (setsockopt(socket, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) return -errno;
  tpacket_req3 wanted{};
  wanted.tp_block_size = static_cast<uint32_t>(blockSize_);
  wanted.tp_block_nr = static_cast<uint32_t>(blockCount_);
  // In version 3 the size of a slot bounds nothing, but must divide the blocks.
  wanted.tp_frame_size = options.immediate ? static_cast<uint32_t>(slotSize_) : 2048;
  wanted.tp_frame_nr = kBlockSize / wanted.tp_frame_size * wanted.tp_block_nr;
  wanted.tp_retire_blk_tov = kRetireMilliseconds;
  const socklen_t size = options.immediate ? sizeof(tpacket_req) : sizeof(tpacket_req3);
  return setsockopt(socket, SOL_PACKET, PACKET_RX_RING, &wanted, size) == 0 ? 0 : -errno;
}

uint8_t* Ring::slot(size_t index) const {
  const size_t wrapped = index % (slotsPerBlock_ * blockCount_);
  return block(wrapped / slotsPerBlock_) + wrapped % slotsPerBlock_ * slotSize_;
}

bool Ring::take(std::vector<RawFrame>* frames) {
  frames->clear();
  return slots_ ? takeSlots(frames) : takeBlock(frames);
}

bool Ring::takeBlock(std::vector<RawFrame>* frames) {
  uint8_t* at = block(position_);
  if ((statusOf(at + kBlockStatusAt) & TP_STATUS_USER) == 0) return false;
  const auto header = load<tpacket_block_desc>(at).hdr.bh1;
  size_t offset = header.offset_to_first_pkt;
  RawFrame frame;
  for (uint32_t left = header.num_pkts; left != 0 && offset < blockSize_; --left) {
    uint32_t distance = 0;
    if (!readVersion3(at + offset, blockSize_ - offset, &frame, &distance)) break;
    frames->push_back(frame);
    if (distance == 0) break;
    offset += distance;
  }
  count_ = 1;
  return true;
}

bool Ring::takeSlots(std::vector<RawFrame>* frames) {
  const size_t most = std::min(kLotSlots, slotsPerBlock_ * blockCount_);
  size_t size = 0;
  RawFrame frame;
  for (count_ = 0; count_ < most && size < blockSize_; ++count_) {
    uint8_t* at = slot(position_ + count_);
    if ((statusOf(at + kSlotStatusAt) & TP_STATUS_USER) == 0) break;
    if (!readVersion2(at, slotSize_, &frame)) continue;
    frames->push_back(frame);
    size += frame.captured;
  }
  return count_ != 0;
}

void Ring::release() {
  const size_t places = slots_ ? slotsPerBlock_ * blockCount_ : blockCount_;
  for (size_t i = 0; i < count_; ++i) {
    giveBack(slots_ ? slot(position_ + i) + kSlotStatusAt : block(position_) + kBlockStatusAt);
  }
  position_ = (position_ + count_) % places;
  count_ = 0;
}

}  // namespace lvs::capture
