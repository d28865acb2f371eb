// The records of the nat companion besides the rules themselves.
#pragma once

#include "nat/rule_tables.h"

namespace lvs::nat {

// What a request is about: where, and how to get there.
inline constexpr Field kScopeFields[] = {
    u8("family", 0).named(kFamilyChoices),
    text("chain", 0, kNameSize),
    u32("position", 0),     // counted from 0; absent: behind the last
    u64("handle", 0),       // of an nf_tables rule
    u32("lockTimeout", 0),  // milliseconds
    u8("owned", 0),         // the table of our own is to have an owner
};
inline constexpr auto kScopeLayout = layOut(kScopeFields);
inline constexpr Table kScopeTable = tableOf("scope", kScopeLayout);

inline constexpr Field kChainFields[] = {
    text("name", 0, kNameSize),
    text("policy", 0, kNameSize),  // absent: a user's chain
    u64("packets", 0),
    u64("bytes", 0),
};
inline constexpr auto kChainLayout = layOut(kChainFields);
inline constexpr Table kChainTable = tableOf("chain", kChainLayout);

// What can be seen of the kernel without touching anything.
inline constexpr Field kSightFields[] = {
    u8("legacyIpv4", 0),                      // its legacy nat table exists in this namespace
    u8("legacyIpv6", 0), u8("nftIpv4", 0),    // nf_tables has an `ip nat` table with a base chain
    u8("nftIpv6", 0),    s32("nftError", 0),  // 0, or why nf_tables doesn't answer
};
inline constexpr auto kSightLayout = layOut(kSightFields);
inline constexpr Table kSightTable = tableOf("sight", kSightLayout);

inline constexpr Field kOutcomeFields[] = {
    u8("changed", 0),
};
inline constexpr auto kOutcomeLayout = layOut(kOutcomeFields);
inline constexpr Table kOutcomeTable = tableOf("outcome", kOutcomeLayout);

}  // namespace lvs::nat
