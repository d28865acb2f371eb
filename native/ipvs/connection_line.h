// One line of /proc/net/ip_vs_conn or /proc/net/ip_vs_conn_sync, as ip_vs_conn.c prints it.
#pragma once

#include "ipvs/tables.h"
#include "records/record.h"

namespace lvs::ipvs {

inline constexpr Choice kConnectionProtocols[] = {
    {IPPROTO_IP, "ip"},     {IPPROTO_TCP, "tcp"},   {IPPROTO_UDP, "udp"},
    {IPPROTO_SCTP, "sctp"}, {IPPROTO_ICMP, "icmp"}, {IPPROTO_ICMPV6, "icmpv6"}};
inline constexpr Choice kOrigins[] = {{1, "local"}, {2, "sync"}};

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

// Fills a zeroed record from a line without its newline. False when the line is not one of a
// connection (the header, or something unknown).
bool parseConnection(const char* line, size_t length, ConnectionSource source, Record record);

}  // namespace lvs::ipvs
