// Edits of a table in memory. The bytes are spliced and every offset that points behind the splice
// is moved, so what isn't understood stays byte for byte. Nothing reaches the kernel before
// commit(). All give 0 or a negative errno and change nothing when they fail: -ENOENT (no such
// chain, or a jump to one), -ERANGE (no rule at the position), -EINVAL.
#pragma once

#include <cstdint>
#include <string_view>

#include "xtables/table.h"

namespace lvs::xtables {

constexpr uint32_t kAppend = UINT32_MAX;

// `position` counts from 0; kAppend puts the rule last.
int insertRule(Table* table, std::string_view chain, uint32_t position, const DetachedEntry& rule,
               const char** reason);
// The new rule starts with the counters in its own bytes.
int replaceRule(Table* table, std::string_view chain, uint32_t position, const DetachedEntry& rule,
                const char** reason);
int deleteRule(Table* table, std::string_view chain, uint32_t position);

int flushChain(Table* table, std::string_view chain);
// Takes the rules out of every chain and leaves the chains.
void flushTable(Table* table);

int zeroRule(Table* table, std::string_view chain, uint32_t position);
// Rules and policy.
int zeroChain(Table* table, std::string_view chain);
void zeroTable(Table* table);

// `verdict` is -1 - NF_ACCEPT or -1 - NF_DROP; -EINVAL for others and for a user chain.
// The policy's counters are kept.
int setPolicy(Table* table, std::string_view chain, int32_t verdict);

// -EEXIST; -EINVAL for a name that iptables could not be told, -ENAMETOOLONG beyond 28 bytes.
int newChain(Table* table, std::string_view name);
int renameChain(Table* table, std::string_view chain, std::string_view name);
// -ENOTEMPTY: it has rules; -EBUSY: rules jump to it; -EINVAL: it is builtin.
int deleteChain(Table* table, std::string_view chain);

}  // namespace lvs::xtables
