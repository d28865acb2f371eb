// What a caller wants of the connection table. Applied while the table is read, so that rows
// nobody asked for never cross into JavaScript.
#pragma once

#include "ipvs/connection_line.h"

namespace lvs::ipvs {

inline constexpr Choice kSources[] = {{0, "connections"}, {1, "sync"}};
inline constexpr Choice kTemplates[] = {{0, "exclude"}, {1, "include"}, {2, "only"}};

inline constexpr Field kQueryFields[] = {
    u32("cursor", 0),
    u32("rows", 0),  // of one page
    u8("source", 0).named(kSources),
    u8("templates", 0).named(kTemplates),
    u8("protocol", 0).named(kConnectionProtocols),
    address("client", 0),
    u8("clientPrefixLength", 0),
    address("virtual", 0),
    u16("virtualPort", 0),
    u32("fwmark", 0),
    address("dest", 0),
    u16("destPort", 0),
    text("state", 0, 16),
    u8("by", 0),  // CountBy: connections are counted, and no rows listed
};
inline constexpr auto kQueryLayout = layOut(kQueryFields);
inline constexpr Table kQuery = tableOf("connectionQuery", kQueryLayout);

// Whether the connection is one of those that the query names.
bool matches(ConstRecord query, ConstRecord connection);

}  // namespace lvs::ipvs
