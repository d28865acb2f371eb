// Counting connections by what they have in common.
#include "ipvs/connection_count.h"

#include <map>

#include "check.h"

using namespace lvs;
using namespace lvs::ipvs;

namespace {

constexpr uint16_t kConnectionIndex = 0, kCountIndex = 1;

std::string lineOf(uint32_t client, const char* protocol = "TCP", const char* state = "NONE") {
  char line[128];
  snprintf(line, sizeof line, "%s %08X 883C 0A090001 0050 0A0800FE 1F90 %-11s %7u", protocol,
           client, state, 900u);
  return line;
}

class Counter {
 public:
  explicit Counter(uint8_t by) : counts_(by) {}

  bool add(const std::string& line) {
    // Of exactly that size, so that a sanitizer sees every byte read beyond it.
    const std::vector<char> exact(line.begin(), line.end());
    const std::string_view text(exact.data(), exact.size());
    ConnectionColumns columns;
    if (!splitConnection(text, &columns)) return false;
    counts_.add(text, columns);
    return true;
  }

  // How many connections there are of each kind, by the last bytes of a client's address; 0 of a
  // kind that is listed twice.
  std::map<uint32_t, uint64_t> counted() const {
    ResultWriter results;
    results.begin(1);
    counts_.write(results, kConnectionIndex, kCountIndex, ConnectionSource::kConnections);
    results.end(0);
    const Bytes bytes = results.take({});
    BlockReader blocks(bytes.data() + sizeof(ResultHeader), bytes.size() - sizeof(ResultHeader));
    std::map<uint32_t, uint64_t> all;
    uint32_t client = 0;
    for (Block block; blocks.next(&block);) {
      if (block.header.table == kConnectionIndex) {
        const uint8_t* address = block.body + clientField().offset + 4;
        client = static_cast<uint32_t>(address[2] << 8 | address[3]);
      } else {
        const auto count = ConstRecord(block.body).get<uint64_t>(kCount.fields[0]);
        if (!all.emplace(client, count).second) all[client] = 0;
      }
    }
    return all;
  }

 private:
  static const Field& clientField() {
    return kConnection.fields[fieldIndex(kConnectionLayout, "client")];
  }

  ConnectionCounts counts_;
};

}  // namespace

TEST(manyKinds, "connection counts: of thousands of kinds each has its own number") {
  Counter counter(kByClient);
  for (uint32_t round = 0; round < 3; ++round) {
    for (uint32_t client = 0; client < 3000; client += round + 1) {
      CHECK(counter.add(lineOf(0x0A090000 | client)));
    }
  }
  const std::map<uint32_t, uint64_t> counted = counter.counted();
  CHECK_EQUAL(counted.size(), 3000);
  for (const auto& [client, count] : counted) {
    CHECK_EQUAL(count, 1 + (client % 2 == 0 ? 1 : 0) + (client % 3 == 0 ? 1 : 0));
  }
}

TEST(oddKinds, "connection counts: lines that make no sense are no kind of connection") {
  Counter counter(kByClient | kByProtocol);
  CHECK(counter.add(lineOf(0x0A090001)));
  CHECK(counter.add(lineOf(0x0A090002, "IP_999")));
  CHECK(counter.add(lineOf(0x0A090001)));
  CHECK(counter.counted() == (std::map<uint32_t, uint64_t>{{1, 2}}));
}
