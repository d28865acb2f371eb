// libFuzzer: answers of rtnetlink to every kind of question, and what it announces.
#include <memory>

#include "hostile_kernel.h"
#include "netlink/subscriptions.h"
#include "route/operations.h"
#include "route/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  constexpr uint8_t kOperations = std::size(lvs::route::kOperations);
  const uint8_t operation = data[1] % (kOperations + 1);
  hostile::prepare(data[0], data + 2, size - 2);
  const std::unique_ptr<lvs::Backend> backend(lvs::route::kProtocol.make());
  const char* stage = nullptr;
  if (backend->open(&stage) != 0) return 0;
  hostile::Host host;
  if (operation < kOperations) {
    host.run(*backend, operation, 0);
  } else {
    host.run(*backend, kOperations + lvs::netlink::kWatch, 7);
    host.run(*backend, kOperations + lvs::netlink::kPollEvents, 7);
    host.run(*backend, kOperations + lvs::netlink::kNextEvents, 7);
    backend->watcher()->readable(host);
    host.check();
  }
  return 0;
}
