// Blocks and requests as TypeScript hands them over, and a thread that carries requests out.
#pragma once

#include <vector>

#include "records/backend.h"
#include "records/record.h"

namespace blocks {

// What was written behind a result's header.
inline std::vector<uint8_t> written(const std::function<void(lvs::ResultWriter&)>& write) {
  lvs::ResultWriter results;
  results.begin(1);
  write(results);
  results.end(0);
  const lvs::Bytes bytes = results.take({});
  return {bytes.data() + sizeof(lvs::ResultHeader), bytes.data() + bytes.size()};
}

inline lvs::BlockReader reader(const std::vector<uint8_t>& bytes) {
  return lvs::BlockReader(bytes.data(), bytes.size());
}

class Host final : public lvs::Host {
 public:
  lvs::ResultWriter& results() override { return results_; }
  bool isDue() override { return false; }
  void post() override {}
  bool cancelled(uint32_t) override { return allCancelled; }

  // The error that a request of these blocks ends with.
  int errorOf(lvs::Backend& backend, uint16_t operation, uint32_t argument = 0,
              const std::vector<uint8_t>& blocks = {}) {
    lvs::RequestHeader header{};
    header.size = static_cast<uint32_t>(sizeof header + blocks.size());
    header.id = 1;
    header.operation = operation;
    header.argument = argument;
    std::vector<uint8_t> request(sizeof header);
    lvs::store(request.data(), header);
    request.insert(request.end(), blocks.begin(), blocks.end());
    backend.run(lvs::RequestReader(request.data(), request.size()), *this);
    const lvs::Bytes answer = results_.take({});
    return answer.size() < sizeof(lvs::ResultHeader)
               ? 1
               : lvs::load<lvs::ResultHeader>(answer.data()).error;
  }

  bool allCancelled = false;

 private:
  lvs::ResultWriter results_;
};

// The number of an operation, by its name.
inline uint16_t operation(const lvs::Protocol& protocol, std::string_view name) {
  lvs::OperationName found{};
  for (uint16_t i = 0; protocol.operationAt(i, &found); ++i) {
    if (found.name == name) return i;
  }
  return UINT16_MAX;
}

}  // namespace blocks
