// Frames for the measurement of capturing, and the least that receiving them can cost: a ring of
// packet(7) read from plain C.
//
//   capture send DEVICE RATE SECONDS   RATE frames a second; prints how many
//   capture receive DEVICE HOW         prints `ready`, reads until its input ends, then prints
//                                      `seconds cpuSeconds frames dropped bytes`; `look` reads the
//                                      headers and leaves the frames where they are, `keep` copies
//                                      them out of the ring, as whoever keeps them must
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The ring is that of the library: blocks handed over when full or after 100 ms.
enum { kBlockSize = 4 << 20, kBlocks = 4, kRetireMilliseconds = 100 };
enum { kFrameSize = 74, kBurst = 50 };

static void die(const char* what) {
  fprintf(stderr, "capture: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int openSocket(const char* device, int protocol, const struct tpacket_req3* ring) {
  const int version = TPACKET_V3, on = 1;
  const int packets = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (packets < 0) die("socket");
  if (ring == NULL) {
    setsockopt(packets, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  } else if (setsockopt(packets, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0 ||
             setsockopt(packets, SOL_PACKET, PACKET_RX_RING, ring, sizeof *ring) != 0) {
    die("ring");
  }
  const struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                      .sll_protocol = htons((uint16_t)protocol),
                                      .sll_ifindex = (int)if_nametoindex(device)};
  if (bind(packets, (const void*)&address, sizeof address) != 0) die(device);
  return packets;
}

// A UDP datagram from 10.0.0.1 to 10.0.0.2, to an address that is not the receiver's own: nothing
// above the device looks at it.
static void fill(uint8_t* frame) {
  static const uint8_t headers[] = {2,    0,
                                    0,    0,
                                    0,    9,
                                    2,    0,
                                    0,    0,
                                    0,    1,
                                    8,    0,
                                    0x45, 0,
                                    0,    kFrameSize - ETH_HLEN,
                                    0,    7,
                                    0x40, 0,
                                    64,   17,
                                    0,    0,
                                    10,   0,
                                    0,    1,
                                    10,   0,
                                    0,    2,
                                    4,    87,
                                    8,    174,
                                    0,    kFrameSize - ETH_HLEN - 20,
                                    0,    0};
  memset(frame, 'x', kFrameSize);
  memcpy(frame, headers, sizeof headers);
}

static int sendFrames(const char* device, double rate, double seconds) {
  const int packets = openSocket(device, 0, NULL);
  uint8_t frame[kFrameSize];
  fill(frame);
  struct iovec part = {.iov_base = frame, .iov_len = sizeof frame};
  struct mmsghdr messages[kBurst];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < kBurst; ++i)
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
  const double start = now(CLOCK_MONOTONIC);
  uint64_t sent = 0;
  for (double passed = 0; passed < seconds; passed = now(CLOCK_MONOTONIC) - start) {
    if ((double)sent > passed * rate) {
      const struct timespec pause = {.tv_nsec = 100000};
      nanosleep(&pause, NULL);
      continue;
    }
    const int count = sendmmsg(packets, messages, kBurst, 0);
    if (count < 0) die("send");
    sent += (uint64_t)count;
  }
  printf("%llu\n", (unsigned long long)sent);
  return 0;
}

static uint8_t kept[2 * kBlockSize];

static void readBlock(const struct tpacket_block_desc* block, int keep, uint64_t* frames,
                      uint64_t* bytes) {
  const uint8_t* at = (const uint8_t*)block + block->hdr.bh1.offset_to_first_pkt;
  size_t used = 0;
  for (uint32_t left = block->hdr.bh1.num_pkts; left != 0; --left) {
    const struct tpacket3_hdr* header = (const void*)at;
    *frames += 1;
    *bytes += header->tp_snaplen;
    if (keep) {
      const struct sockaddr_ll* link = (const void*)(at + TPACKET_ALIGN(sizeof *header));
      struct {
        uint64_t timestamp;
        uint32_t captured, length, type;
      } record = {header->tp_sec * 1000000000ull + header->tp_nsec, header->tp_snaplen,
                  header->tp_len, link->sll_pkttype};
      memcpy(kept + used, &record, sizeof record);
      memcpy(kept + used + sizeof record, at + header->tp_mac, header->tp_snaplen);
      used += sizeof record + header->tp_snaplen;
    }
    at += header->tp_next_offset;
  }
  // Or else the compiler would see that nobody looks there.
  __asm__ volatile("" : : "r"(kept) : "memory");
}

static int receive(const char* device, int keep) {
  const struct tpacket_req3 ring = {.tp_block_size = kBlockSize,
                                    .tp_block_nr = kBlocks,
                                    .tp_frame_size = 2048,
                                    .tp_frame_nr = kBlockSize / 2048 * kBlocks,
                                    .tp_retire_blk_tov = kRetireMilliseconds};
  const int packets = openSocket(device, ETH_P_ALL, &ring);
  uint8_t* memory = mmap(NULL, (size_t)kBlockSize * kBlocks, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_POPULATE, packets, 0);
  if (memory == MAP_FAILED) die("mmap");
  puts("ready");
  fflush(stdout);
  const double start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  uint64_t frames = 0, bytes = 0;
  struct pollfd watched[] = {{.fd = packets, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  for (int position = 0; watched[1].revents == 0;) {
    struct tpacket_block_desc* block = (void*)(memory + (size_t)position * kBlockSize);
    if ((__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0) {
      poll(watched, 2, -1);
      continue;
    }
    readBlock(block, keep, &frames, &bytes);
    __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    position = (position + 1) % kBlocks;
  }
  const double cpuSeconds = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  struct tpacket_stats_v3 counts;
  socklen_t size = sizeof counts;
  getsockopt(packets, SOL_PACKET, PACKET_STATISTICS, &counts, &size);
  printf("%.6f %.6f %llu %u %llu\n", now(CLOCK_MONOTONIC) - start, cpuSeconds,
         (unsigned long long)frames, counts.tp_drops, (unsigned long long)bytes);
  return 0;
}

int main(int count, char** words) {
  if (count == 5 && strcmp(words[1], "send") == 0) {
    return sendFrames(words[2], atof(words[3]), atof(words[4]));
  }
  if (count == 4 && strcmp(words[1], "receive") == 0) {
    return receive(words[2], strcmp(words[3], "keep") == 0);
  }
  fputs("usage: capture send DEVICE RATE SECONDS | receive DEVICE look|keep\n", stderr);
  return 2;
}
