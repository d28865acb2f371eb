// libFuzzer: answers of the IPVS family to every kind of question, and to the question for the
// family itself.
#include <memory>

#include "hostile_kernel.h"
#include "ipvs/operations.h"
#include "ipvs/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  hostile::prepare(data[0], data + 2, size - 2);
  const std::unique_ptr<lvs::Backend> backend(lvs::ipvs::kProtocol.make());
  const char* stage = nullptr;
  if (backend->open(&stage) != 0) return 0;
  hostile::Host host;
  host.run(*backend, data[1] % std::size(lvs::ipvs::kOperations), 0);
  return 0;
}
