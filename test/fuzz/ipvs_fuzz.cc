// libFuzzer: answers of the IPVS family to every kind of question, to the question for the family
// itself, and to those that make a snapshot.
#include <cstdlib>
#include <cstring>
#include <memory>

#include "hostile_kernel.h"
#include "ipvs/operations.h"
#include "ipvs/protocol.h"

namespace {

uint16_t snapshotOperation() {
  lvs::OperationName operation{};
  uint16_t index = 0;
  while (lvs::ipvs::kProtocol.operationAt(index, &operation)) {
    if (strcmp(operation.name, "readSnapshot") == 0) return index;
    ++index;
  }
  abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  hostile::prepare(data[0], data + 2, size - 2);
  const std::unique_ptr<lvs::Backend> backend(lvs::ipvs::kProtocol.make());
  const char* stage = nullptr;
  if (backend->open(&stage) != 0) return 0;
  hostile::Host host;
  constexpr size_t kOperations = std::size(lvs::ipvs::kOperations);
  const auto operation = static_cast<uint16_t>(data[1] % (kOperations + 1));
  const uint32_t verify = data[1] / (kOperations + 1) % 2;
  if (operation < kOperations)
    host.run(*backend, operation, 0);
  else
    host.run(*backend, snapshotOperation(), verify);
  return 0;
}
