// Interface names and indexes, as the thread's network namespace knows them.
#pragma once

#include <net/if.h>

#include <cstdint>
#include <vector>

namespace lvs::netlink {

// Remembers what it looked up until forget() is called: names stay what they were within one group
// of requests, and a listing of a thousand addresses, or adding them, asks the kernel once for each
// device.
class Devices {
 public:
  ~Devices();
  // 0 or a negative errno (-ENODEV).
  int indexOf(const char* name, uint32_t* index);
  // False when no device has that index.
  bool nameOf(uint32_t index, char name[IF_NAMESIZE]);
  void forget() {
    known_.clear();
    asked_ = {};
  }
  // What the kernel announced: from now on the device of that index has this name, or (null) is
  // gone.
  void learn(uint32_t index, const char* name);

 private:
  struct Known {
    uint32_t index;
    char name[IF_NAMESIZE];
  };
  int socket();

  std::vector<Known> known_;
  Known asked_{};  // what was looked up by its name last; index 0: nothing
  int socket_ = -1;
};

}  // namespace lvs::netlink
