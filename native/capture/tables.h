// The records of a capture. None of them lies on the wire: they only cross to TypeScript.
#pragma once

#include <linux/if_packet.h>

#include "records/field.h"

namespace lvs::capture {

enum Direction : uint8_t { kBoth, kIn, kOut };
enum LinkType : uint8_t { kEthernet, kRawIp };

inline constexpr Choice kDirections[] = {{kBoth, "both"}, {kIn, "in"}, {kOut, "out"}};
inline constexpr Choice kLinkTypes[] = {{kEthernet, "ethernet"}, {kRawIp, "raw"}};
inline constexpr Choice kPacketTypes[] = {
    {PACKET_HOST, "host"},           {PACKET_BROADCAST, "broadcast"},
    {PACKET_MULTICAST, "multicast"}, {PACKET_OTHERHOST, "otherHost"},
    {PACKET_OUTGOING, "outgoing"},
};

// What to capture, and how.
inline constexpr Field kOptionsFields[] = {
    device("device", 0), u32("snapLength", 0), u32("bufferSize", 0),
    u8("immediate", 0),  u8("promiscuous", 0), u8("direction", 0).named(kDirections),
};
inline constexpr auto kOptionsLayout = layOut(kOptionsFields);
inline constexpr Table kOptions = tableOf("options", kOptionsLayout);

// What the capture found when it began.
inline constexpr Field kLinkFields[] = {
    u32("index", 0), u8("type", 0).named(kLinkTypes),
    bytes("mac", 0, 6),  // the device's own address, where it has an Ethernet one
};
inline constexpr auto kLinkLayout = layOut(kLinkFields);
inline constexpr Table kLink = tableOf("link", kLinkLayout);

// One frame of a lot; its bytes follow.
inline constexpr Field kFrameFields[] = {
    u64("timestamp", 0),       // nanoseconds since 1970
    u32("capturedLength", 0),  // bytes that are there
    u32("length", 0),          // bytes that were on the wire, a tag put back included
    u8("packetType", 0).named(kPacketTypes),
};
inline constexpr auto kFrameLayout = layOut(kFrameFields);
inline constexpr Table kFrame = tableOf("frame", kFrameLayout);

// What comes behind a block with a lot's frames.
inline constexpr Field kLotFields[] = {
    u32("frames", 0), u64("wireLength", 0),  // bytes that all of its frames had on the wire
};
inline constexpr auto kLotLayout = layOut(kLotFields);
inline constexpr Table kLot = tableOf("lot", kLotLayout);

// Since the capture began.
inline constexpr Field kStatisticsFields[] = {
    u64("received", 0),  // frames that the filter let through, dropped ones included
    u64("dropped", 0),   // of these, those that found the ring full
    u64("frozen", 0),    // how often the ring became full
};
inline constexpr auto kStatisticsLayout = layOut(kStatisticsFields);
inline constexpr Table kStatistics = tableOf("statistics", kStatisticsLayout);

// All of them, and their places among them.
inline constexpr const Table* kTables[] = {&kOptions, &kLink, &kFrame, &kStatistics, &kLot};
enum TableIndex : uint16_t { kOptionsIndex, kLinkIndex, kFrameIndex, kStatisticsIndex, kLotIndex };

}  // namespace lvs::capture
