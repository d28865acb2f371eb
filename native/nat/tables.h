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
    text("name", 0, kNameSize), text("policy", 0, kNameSize),  // absent: a user's chain
    u64("packets", 0),          u64("bytes", 0),
    u32("references", 0),  // rules that lead to it
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

// Tracked connections, by where their first packet went. Protocol and port absent: any.
inline constexpr Field kConnectionsFields[] = {
    address("destination", 0),
    address("mask", 0),
    u8("protocol", 0).named(kProtocolChoices),
    u16("port", 0),
};
inline constexpr auto kConnectionsLayout = layOut(kConnectionsFields);
inline constexpr Table kConnectionsTable = tableOf("connections", kConnectionsLayout);

inline constexpr Field kCountFields[] = {
    u32("count", 0),
};
inline constexpr auto kCountLayout = layOut(kCountFields);
inline constexpr Table kCountTable = tableOf("count", kCountLayout);

// Tells the rules of a legacy table from others, counters aside; 0: there is no table.
inline constexpr Field kFingerprintFields[] = {
    u64("fingerprint", 0),
};
inline constexpr auto kFingerprintLayout = layOut(kFingerprintFields);
inline constexpr Table kFingerprintTable = tableOf("fingerprint", kFingerprintLayout);

inline constexpr Field kEndpointFields[] = {
    address("address", 0),
    u16("port", 0),
};
inline constexpr auto kEndpointLayout = layOut(kEndpointFields);
inline constexpr Table kEndpointTable = tableOf("endpoint", kEndpointLayout);

// A whole table of x_tables: which, and what it looked like when it was loaded.
inline constexpr Field kTableScopeFields[] = {
    u8("family", 0).named(kFamilyChoices), text("name", 0, kNameSize), u64("fingerprint", 0),
    u32("lockTimeout", 0),  // milliseconds
};
inline constexpr auto kTableScopeLayout = layOut(kTableScopeFields);
inline constexpr Table kTableScopeTable = tableOf("tableScope", kTableScopeLayout);

enum class TableEditWord : uint8_t {
  kInsert,
  kReplace,
  kDelete,
  kDeleteSame,
  kFlush,
  kZero,
  kPolicy,
  kNewChain,
  kRenameChain,
  kDeleteChain,
};
inline constexpr Choice kTableEditChoices[] = {
    {number(TableEditWord::kInsert), "insert"},
    {number(TableEditWord::kReplace), "replace"},
    {number(TableEditWord::kDelete), "delete"},
    {number(TableEditWord::kDeleteSame), "deleteSame"},
    {number(TableEditWord::kFlush), "flush"},
    {number(TableEditWord::kZero), "zero"},
    {number(TableEditWord::kPolicy), "policy"},
    {number(TableEditWord::kNewChain), "newChain"},
    {number(TableEditWord::kRenameChain), "renameChain"},
    {number(TableEditWord::kDeleteChain), "deleteChain"},
};

// One edit of a table; a rule may follow.
inline constexpr Field kTableEditFields[] = {
    u8("kind", 0).named(kTableEditChoices),
    text("chain", 0, kNameSize),    // absent: the whole table
    text("newName", 0, kNameSize),  // of a chain
    u32("position", 0),             // counted from 0; absent: behind the last, or the whole chain
    u8("policy", 0).named(kTargetChoices),
};
inline constexpr auto kTableEditLayout = layOut(kTableEditFields);
inline constexpr Table kTableEditTable = tableOf("tableEdit", kTableEditLayout);

}  // namespace lvs::nat
