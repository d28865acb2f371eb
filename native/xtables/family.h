// What differs between ip_tables and ip6_tables: where things lie in an entry's header, and a few
// numbers. Everything else in this folder is written once for both.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lvs::xtables {

struct Family {
  int domain;  // of the raw socket the options are read from and written to
  int level;   // of those options

  uint16_t entrySize;  // header, without matches and target
  uint16_t addressSize;
  uint16_t source;
  uint16_t destination;
  uint16_t sourceMask;
  uint16_t destinationMask;
  uint16_t inInterface;
  uint16_t outInterface;
  uint16_t inInterfaceMask;
  uint16_t outInterfaceMask;
  uint16_t protocol;  // 16 bits wide, in host byte order
  uint16_t flags;
  uint16_t inverseFlags;
  uint16_t packetMatchSize;  // addresses to inverse flags; padding may follow
  uint16_t targetOffset;
  uint16_t nextOffset;
  uint16_t counters;

  uint8_t gotoFlag;
  uint8_t protocolFlag;  // says that the protocol is checked; 0 where a nonzero number says it
  uint8_t fragmentFlag;  // 0 where the family has none

  const char* tableNamesFile;  // one registered table a line
};

extern const Family kIpv4;
extern const Family kIpv6;

}  // namespace lvs::xtables
