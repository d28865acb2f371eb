// Edits of a whole table of x_tables, as records tell them.
#pragma once

#include "nat/ruleset.h"
#include "records/block.h"
#include "xtables/table.h"

namespace lvs::nat {

constexpr uint16_t kTableEditIndex = 4;  // among the tables of the protocol

// Tells a table from another by everything but counters.
uint64_t fingerprint(const xtables::Table& table);

// Does the edits in memory. 0 or a negative errno, and *failed is the number of the edit that
// failed.
int applyEdits(BlockReader blocks, xtables::Table* table, uint32_t* failed, Detail* detail);

}  // namespace lvs::nat
