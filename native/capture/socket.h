// The AF_PACKET socket of one capture, in the order that lets no stray frame in: protocol 0 first,
// then ring and filter, and what to listen to last.
#pragma once

#include <linux/filter.h>
#include <linux/if_ether.h>

#include <vector>

#include "capture/ring.h"
#include "capture/tables.h"
#include "records/record.h"

namespace lvs::capture {

struct Counts {
  uint64_t received = 0;
  uint64_t dropped = 0;
  uint64_t frozen = 0;
};

class PacketSocket {
 public:
  PacketSocket() = default;
  ~PacketSocket();
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;

  // `filter` is the program that TypeScript made; none lets every frame in. 0 or a negative errno;
  // *stage names the step that failed.
  int open(ConstRecord options, const std::vector<sock_filter>& filter, const char** stage);

  int descriptor() const { return descriptor_; }
  uint32_t deviceIndex() const { return deviceIndex_; }
  LinkType linkType() const { return linkType_; }
  const uint8_t* mac() const { return mac_; }
  Ring& ring() { return ring_; }

  // Sends a frame out of the device as it is.
  int send(const uint8_t* frame, size_t size);
  // Lets no further frame in.
  int silence();
  // Adds what happened since the last call: the kernel starts from 0 at each reading.
  int count(Counts* counts);
  // The error that made poll() return, cleared by reading it. -ENODEV when the device is gone.
  int takeError();
  // The device is down, and nothing will tell when it goes for good: takeError() has to be asked.
  bool down() const { return down_; }

 private:
  int lookForDevice();

  int findDevice(const char* name);
  int attach(const std::vector<sock_filter>& filter, Direction direction, uint32_t snapLength);
  int listen(bool promiscuous, const char** stage);

  int descriptor_ = -1;
  bool immediate_ = false;
  bool down_ = false;
  uint32_t deviceIndex_ = 0;
  LinkType linkType_ = kEthernet;
  uint8_t mac_[ETH_ALEN] = {};
  Ring ring_;
};

}  // namespace lvs::capture
