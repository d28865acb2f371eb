#include "nat/chain_record.h"

#include "nat/tables.h"
#include "records/record.h"

namespace lvs::nat {
namespace {

constexpr size_t chainField(const char* name) { return fieldIndex(kChainLayout, name); }

}  // namespace

void writeChain(ResultWriter& results, uint16_t tableIndex, const ChainInfo& chain) {
  Record record(results.record(tableIndex, kChainTable));
  record.putText(kChainTable, chainField("name"), chain.name.data(), chain.name.size());
  if (!chain.policy.empty()) {
    record.putText(kChainTable, chainField("policy"), chain.policy.data(), chain.policy.size());
  }
  record.put(kChainTable, chainField("packets"), chain.packets);
  record.put(kChainTable, chainField("bytes"), chain.bytes);
  record.put(kChainTable, chainField("references"), chain.references);
}

ChainInfo chainInfo(const xtables::Table& table, const xtables::Chain& chain) {
  ChainInfo info;
  info.name = chain.name;
  info.references = chain.references;
  if (!chain.builtin()) return info;
  const uint8_t* policy = table.at(chain.policy);
  const auto verdict = static_cast<xtables::Verdict>(xtables::verdictOf(policy, *table.family));
  info.policy = verdict == xtables::Verdict::kAccept ? "ACCEPT" : "DROP";
  const xtables::Counters counters = xtables::countersOf(policy, *table.family);
  info.packets = counters.packets;
  info.bytes = counters.bytes;
  return info;
}

}  // namespace lvs::nat
