// Counts connections by what they have in common, while the table is read: no row has to be kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipvs/connection_line.h"
#include "records/block.h"

namespace lvs::ipvs {

// What connections are told apart by: bits of the query's field "by".
enum CountBy : uint8_t {
  kByProtocol = 1,
  kByClient = 2,  // the address alone
  kByVirtual = 4,
  kByDest = 8,
  kByState = 16,
};

inline constexpr Field kCountFields[] = {u64("count", 0)};
inline constexpr auto kCountLayout = layOut(kCountFields);
inline constexpr Table kCount = tableOf("connectionCount", kCountLayout);

class ConnectionCounts {
 public:
  explicit ConnectionCounts(uint8_t by) : by_(by) {}

  // Counts a line that the query fits. False when it is none of a connection.
  bool add(const char* line, size_t length);
  // Appends a connection of each kind, followed by how many there are of it.
  void write(ResultWriter& results, uint16_t connectionIndex, uint16_t countIndex,
             ConnectionSource source) const;

 private:
  struct Kind {
    uint64_t hash;
    uint64_t count;
    size_t key;  // where its key lies in keys_
    size_t keyLength;
    std::string line;  // one of its connections
  };

  void find(uint64_t hash, const char* line, size_t length);
  void grow();

  uint8_t by_;
  std::vector<char> key_;  // of the line at hand
  std::vector<char> keys_;
  std::vector<Kind> kinds_;
  std::vector<uint32_t> places_;  // by hash: number of a kind and 1, or 0
};

}  // namespace lvs::ipvs
