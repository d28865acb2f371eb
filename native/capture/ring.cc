#include "capture/ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>

#include "records/record.h"

namespace lvs::capture {
namespace {

// A ring has about four blocks. Small ones mean many wake-ups, but the longest frame must fit.
constexpr size_t kSmallestBlock = 256 << 10;
constexpr size_t kLargestBlock = 4 << 20;
constexpr size_t kBlocks = 4;
constexpr uint32_t kRetireMilliseconds = 100;  // a block that is not full is handed over after that
// The longest frame that a network stack makes without BIG TCP; longer ones are cut and say so.
constexpr uint32_t kLongestFrame = 65536 + 64;
constexpr size_t kSlotOverhead = alignedToFrame(sizeof(tpacket2_hdr) + sizeof(sockaddr_ll)) + 64;
constexpr size_t kLine = 64;
constexpr size_t kAhead = 16 * kLine;
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
  blockSize_ = kSmallestBlock;
  while (blockSize_ < kLargestBlock && options.size / blockSize_ > kBlocks) blockSize_ *= 2;
  blockCount_ = std::max<size_t>(options.size / blockSize_, 2);
  slotSize_ = alignedToFrame(std::min(options.snapLength, kLongestFrame) + kSlotOverhead);
  slotsPerBlock_ = blockSize_ / slotSize_;
  if (const int error = request(socket, options)) return error;
  void* memory = mmap(nullptr, blockSize_ * blockCount_, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_POPULATE, socket, 0);
  if (memory == MAP_FAILED) return -errno;
  // A program that is started beside us would hold the ring until it runs another one.
  madvise(memory, blockSize_ * blockCount_, MADV_DONTFORK);
  memory_ = static_cast<uint8_t*>(memory);
  // A child that is forked has no use for it, and would keep it beyond the socket's end.
  madvise(memory, blockSize_ * blockCount_, MADV_DONTFORK);
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
  wanted.tp_frame_nr = wanted.tp_block_size / wanted.tp_frame_size * wanted.tp_block_nr;
  wanted.tp_retire_blk_tov = kRetireMilliseconds;
  const socklen_t size = options.immediate ? sizeof(tpacket_req) : sizeof(tpacket_req3);
  return setsockopt(socket, SOL_PACKET, PACKET_RX_RING, &wanted, size) == 0 ? 0 : -errno;
}

uint8_t* Ring::place(size_t distance) const {
  const size_t index = (position_ + distance) % places();
  if (!slots_) return memory_ + index * blockSize_;
  return memory_ + index / slotsPerBlock_ * blockSize_ + index % slotsPerBlock_ * slotSize_;
}

void* Ring::statusAt(size_t distance) const {
  return place(distance) + (slots_ ? kSlotStatusAt : kBlockStatusAt);
}

bool Ring::ready() const { return (statusOf(statusAt(0)) & TP_STATUS_USER) != 0; }

bool Ring::next(RawFrame* frame) { return slots_ ? nextSlot(frame) : nextInBlock(frame); }

bool Ring::nextInBlock(RawFrame* frame) {
  if (count_ == 0) {
    count_ = 1;
    block_ = place(0);
    const auto header = load<tpacket_block_desc>(block_).hdr.bh1;
    left_ = header.num_pkts;
    offset_ = header.offset_to_first_pkt;
  }
  // What comes next was written by another processor, and lies where none would guess.
  __builtin_prefetch(block_ + offset_ + kAhead);
  __builtin_prefetch(block_ + offset_ + kAhead + kLine);
  __builtin_prefetch(block_ + offset_ + kAhead + 2 * kLine);
  uint32_t distance = 0;
  if (left_ == 0 || offset_ >= blockSize_ ||
      !readVersion3(block_ + offset_, blockSize_ - offset_, frame, &distance)) {
    return false;
  }
  left_ = distance == 0 ? 0 : left_ - 1;
  offset_ += distance;
  return true;
}

bool Ring::nextSlot(RawFrame* frame) {
  while (count_ < std::min(kLotSlots, places()) && size_ < blockSize_) {
    if ((statusOf(statusAt(count_)) & TP_STATUS_USER) == 0) return false;
    if (readVersion2(place(count_++), slotSize_, frame)) {
      size_ += frame->captured;
      return true;
    }
  }
  return false;
}

void Ring::release() {
  for (size_t i = 0; i < count_; ++i) giveBack(statusAt(i));
  position_ = (position_ + count_) % places();
  count_ = 0;
  size_ = 0;
}

}  // namespace lvs::capture
