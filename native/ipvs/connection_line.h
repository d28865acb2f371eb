// One line of /proc/net/ip_vs_conn or /proc/net/ip_vs_conn_sync, as ip_vs_conn.c prints it.
#pragma once

#include <string_view>

#include "ipvs/tables.h"
#include "records/block.h"
#include "records/record.h"

namespace lvs::ipvs {

inline constexpr Choice kConnectionProtocols[] = {
    {IPPROTO_IP, "ip"},     {IPPROTO_TCP, "tcp"},   {IPPROTO_UDP, "udp"},
    {IPPROTO_SCTP, "sctp"}, {IPPROTO_ICMP, "icmp"}, {IPPROTO_ICMPV6, "icmpv6"}};
inline constexpr Choice kOrigins[] = {{1, "local"}, {2, "sync"}};

// Persistence engines are rare, so theirs come last: rows without one end before them.
inline constexpr Field kConnectionFields[] = {
    u8("protocol", 0).named(kConnectionProtocols),
    u8("template", 0),
    u8("origin", 0).named(kOrigins),
    address("client", 0),
    u16("clientPort", 0),
    address("virtual", 0),
    u16("virtualPort", 0),
    u32("fwmark", 0),
    address("dest", 0),
    u16("destPort", 0),
    text("state", 0, 16),
    u32("expires", 0),
    text("engine", 0, kEngineSize),
    text("engineData", 0, 72),
};
inline constexpr auto kConnectionLayout = layOut(kConnectionFields);
inline constexpr Table kConnection = tableOf("connection", kConnectionLayout);

// Which of the two files the line is from: they differ behind the state.
enum class ConnectionSource : uint8_t { kConnections, kSync };

// The columns that both files begin with.
enum Column : uint8_t {
  kProtocolColumn,
  kClientColumn,
  kClientPortColumn,
  kVirtualColumn,
  kVirtualPortColumn,
  kDestColumn,
  kDestPortColumn,
  kStateColumn,
  kColumns
};

// The kernel pads the protocol and the state to these widths; few are longer.
inline constexpr size_t kProtocolWidth = 3, kStateWidth = 11;
inline constexpr size_t kWidestPadded = 16;
inline constexpr size_t kIpv4Width = 8, kIpv6Width = 39, kPortWidth = 4;
// No columns take more than this together, with the spaces between them.
inline constexpr size_t kWidestColumns = 2 * kWidestPadded + 3 * (kIpv6Width + kPortWidth) + 8;

// A line taken apart, but not decoded: whoever looks for something compares text with text.
struct ConnectionColumns {
  std::string_view column[kColumns];  // with the kernel's padding
  std::string_view rest;              // what comes behind the state

  bool isTemplate() const;
  // A firewall mark's template has the mark where the virtual address would be.
  bool isMark() const { return column[kProtocolColumn] == "IP " && isTemplate(); }
};

// Takes a line without its newline apart. False when it is not of that shape.
bool splitConnection(std::string_view line, ConnectionColumns* columns);

// What the kernel calls a protocol, padded; the number's digits go into `room` where it has no
// name.
std::string_view protocolColumn(uint8_t protocol, char (&room)[kWidestPadded]);

// The 4 or 16 bytes of an address column, in network order. False when it is none.
bool parseAddress(std::string_view column, uint8_t (&bytes)[16], size_t* length);

// The mark in the virtual address of its template, whichever family that has.
uint32_t markIn(const uint8_t (&bytes)[16]);

// Appends the connection's record. False, and nothing is appended, when the columns make no sense
// (those of the header, or of something unknown).
bool writeConnection(const ConnectionColumns& columns, ConnectionSource source, uint16_t tableIndex,
                     ResultWriter* results);

}  // namespace lvs::ipvs
