#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <algorithm>

#include "nat/nft_rule.h"
#include "nftables/expression.h"

namespace lvs::nat {
namespace {

using nftables::be32;
using xtables::MultiportMatch;
using xtables::PortRange;

constexpr uint32_t kServiceType = 13;  // nft's number for ports, by which it prints them

// In order, and those that touch as one: elements of a set may not overlap.
std::vector<PortRange> merged(std::vector<PortRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const PortRange& a, const PortRange& b) { return a.first < b.first; });
  std::vector<PortRange> result;
  for (const PortRange& range : ranges) {
    if (!result.empty() && range.first <= uint32_t{result.back().last} + 1) {
      result.back().last = std::max(result.back().last, range.last);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

void element(netlink::MessageWriter& writer, uint16_t port, bool intervalEnd) {
  const uint16_t value = htobe16(port);
  const size_t item = writer.openNest(NFTA_LIST_ELEM);
  if (intervalEnd) be32(writer, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
  const size_t key = writer.openNest(NFTA_SET_ELEM_KEY);
  writer.value(NFTA_DATA_VALUE, value);
  writer.closeNest(key);
  writer.closeNest(item);
}

// An interval set holds the points where membership begins and ends, the end not included.
void elements(netlink::MessageWriter& writer, const std::vector<PortRange>& ranges) {
  const size_t list = writer.openNest(NFTA_SET_ELEM_LIST_ELEMENTS);
  if (ranges.front().first != 0) element(writer, 0, true);
  for (const PortRange& range : ranges) {
    element(writer, range.first, false);
    if (range.last != UINT16_MAX) element(writer, static_cast<uint16_t>(range.last + 1), true);
  }
  writer.closeNest(list);
}

void writeSet(nftables::Batch& batch, const MultiportMatch& match, uint8_t family,
              const char* table, uint32_t id, size_t owner) {
  netlink::MessageWriter& writer = batch.writer();
  batch.begin(NFT_MSG_NEWSET, NLM_F_CREATE, family, owner);
  writer.text(NFTA_SET_TABLE, table);
  writer.text(NFTA_SET_NAME, nftables::kAnonymousSet);
  be32(writer, NFTA_SET_FLAGS, NFT_SET_ANONYMOUS | NFT_SET_CONSTANT | NFT_SET_INTERVAL);
  be32(writer, NFTA_SET_KEY_TYPE, kServiceType);
  be32(writer, NFTA_SET_KEY_LEN, sizeof(uint16_t));
  be32(writer, NFTA_SET_ID, id);
  batch.end();
  batch.begin(NFT_MSG_NEWSETELEM, NLM_F_CREATE, family, owner);
  writer.text(NFTA_SET_ELEM_LIST_TABLE, table);
  writer.text(NFTA_SET_ELEM_LIST_SET, nftables::kAnonymousSet);
  be32(writer, NFTA_SET_ELEM_LIST_SET_ID, id);
  elements(writer, merged(match.ports));
  batch.end();
}

}  // namespace

bool needsSet(const MultiportMatch& match) { return match.ports.size() > 1; }

uint32_t writePortSets(nftables::Batch& batch, const xtables::Rule& rule, uint8_t family,
                       const char* table, uint32_t firstSet, size_t owner) {
  uint32_t id = firstSet;
  for (const xtables::Match& match : rule.matches) {
    const auto* multiport = std::get_if<MultiportMatch>(&match);
    if (multiport == nullptr || !needsSet(*multiport)) continue;
    writeSet(batch, *multiport, family, table, id++, owner);
  }
  return id - firstSet;
}

}  // namespace lvs::nat
