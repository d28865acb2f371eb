// Counts connections by what they have in common, while the table is read: no row has to be kept.
#pragma once

#include <cstdint>
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
  explicit ConnectionCounts(uint8_t by);

  void add(std::string_view line, const ConnectionColumns& columns);
  // Appends a connection of each kind, followed by how many there are of it.
  void write(ResultWriter& results, uint16_t connectionIndex, uint16_t countIndex,
             ConnectionSource source) const;

 private:
  // A part of a text that all kinds share.
  struct Part {
    size_t at;
    size_t size;
  };
  struct Kind {
    uint64_t hash;
    uint64_t count;
    Part key;
    Part line;  // one of its connections
  };
  // Columns that are next to each other in the line.
  struct Run {
    Column first;
    Column last;
  };

  void makeKey(const ConnectionColumns& columns);
  bool isKeyOf(const Kind& kind, uint64_t hash) const;
  Part keep(std::string_view text);
  std::string_view textOf(Part part) const { return {texts_.data() + part.at, part.size}; }
  void grow();

  Run runs_[kColumns] = {};
  size_t runCount_ = 0;
  bool byVirtual_;
  // Of the line at hand: its columns, and zeros up to a multiple of eight bytes.
  char key_[kWidestColumns + sizeof(uint64_t)] = {};
  size_t keySize_ = 0;
  std::vector<char> texts_;
  std::vector<Kind> kinds_;
  std::vector<uint32_t> places_;  // by hash: number of a kind and 1, or 0
};

}  // namespace lvs::ipvs
