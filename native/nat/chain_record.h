// Chains, from x_tables or nf_tables, as records.
#pragma once

#include "nat/ruleset.h"
#include "records/block.h"

namespace lvs::nat {

void writeChain(ResultWriter& results, uint16_t tableIndex, const ChainInfo& chain);

ChainInfo chainInfo(const xtables::Table& table, const xtables::Chain& chain);

}  // namespace lvs::nat
