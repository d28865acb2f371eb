// Stands behind netlink::Socket and answers with whatever the fuzzer made up. It takes the place of
// native/netlink/socket.cc and devices.cc, so nothing of the machine is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "records/backend.h"

namespace hostile {

// Bits of what a kernel may do besides.
enum Mood : uint8_t {
  kForeignSequence = 1,  // the messages keep the sequence numbers that the input gives them
  kOverrun = 2,          // in the end the queue has overflowed, instead of being empty
  kRefusesFamily = 4,    // not even the family's number is told properly
};

// What the kernel will answer: datagrams, each behind its length in two bytes.
void prepare(uint8_t mood, const uint8_t* data, size_t size);

// Carries out one request of a backend and looks through all results that come of it.
class Host final : public lvs::Host {
 public:
  lvs::ResultWriter& results() override { return results_; }
  bool isDue() override { return true; }
  void post() override { check(); }
  bool cancelled(uint32_t) override { return false; }

  void run(lvs::Backend& backend, uint16_t operation, uint32_t argument,
           const std::vector<uint8_t>& blocks = {});
  // Aborts unless the results are well-formed.
  void check();

 private:
  lvs::ResultWriter results_;
};

void demand(bool condition);

}  // namespace hostile
