#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/x_tables.h>

#include <algorithm>
#include <cstring>

#include "nat/nft_common.h"
#include "nat/nft_reader.h"
#include "nat/nft_rule.h"
#include "records/record.h"

namespace lvs::nat {

using netlink::Attribute;
using nftables::Expression;
using xtables::CommentMatch;
using xtables::Family;
using xtables::PortRange;
using xtables::Redirect;
using xtables::Verdict;

void NftReader::extension(const Expression& expression, bool target) {
  Attribute info;
  netlink::findAttribute(expression.data, expression.size, NFTA_TARGET_INFO, &info);
  // Others may write them without the padding that the kernel's structures end in.
  std::vector<uint8_t> padded(info.data, info.data + info.size);
  padded.resize(XT_ALIGN(padded.size()));
  const xtables::Extension found = {expression.text(NFTA_TARGET_NAME),
                                    static_cast<uint8_t>(expression.number(NFTA_TARGET_REV)),
                                    padded.data(), padded.size()};
  if (target) {
    rule_.target = xtables::readModuleTarget(found, family_);
  } else {
    rule_.matches.emplace_back(xtables::readMatch(found));
  }
}

// A verdict, or a port for a redirect to come.
void NftReader::immediate(const Expression& expression) {
  const uint32_t number = expression.number(NFTA_IMMEDIATE_DREG);
  if (number != NFT_REG_VERDICT) {
    const Attribute data = expression.value(NFTA_IMMEDIATE_DATA);
    NftRegister value;
    value.source = NftRegister::Source::kImmediate;
    value.value.assign(data.data, data.data + data.size);
    return set(number, value);
  }
  Attribute data;
  Attribute verdict;
  if (!netlink::findAttribute(expression.data, expression.size, NFTA_IMMEDIATE_DATA, &data) ||
      !netlink::findAttribute(data.data, data.size, NFTA_DATA_VERDICT, &verdict)) {
    return unknown();
  }
  const Expression parts = {{}, verdict.data, verdict.size};
  const auto code = static_cast<int32_t>(parts.number(NFTA_VERDICT_CODE));
  if (code == NFT_JUMP || code == NFT_GOTO) {
    rule_.header.isGoto = code == NFT_GOTO;
    rule_.target = xtables::Jump{std::string(parts.text(NFTA_VERDICT_CHAIN))};
  } else if (code == NF_ACCEPT) {
    rule_.target = Verdict::kAccept;
  } else if (code == NF_DROP) {
    rule_.target = Verdict::kDrop;
  } else if (code == NFT_RETURN) {
    rule_.target = Verdict::kReturn;
  } else {
    unknown();
  }
}

void NftReader::redirect(const Expression& expression) {
  Redirect redirect;
  const uint32_t flags = expression.number(NFTA_REDIR_FLAGS);
  redirect.random = (flags & NF_NAT_RANGE_PROTO_RANDOM) != 0;
  if ((flags & ~uint32_t{NF_NAT_RANGE_PROTO_RANDOM | NF_NAT_RANGE_PROTO_SPECIFIED}) != 0) unknown();
  const uint32_t first = expression.number(NFTA_REDIR_REG_PROTO_MIN);
  const uint32_t last = expression.number(NFTA_REDIR_REG_PROTO_MAX);
  if (first != 0) {
    const NftRegister* from = at(first);
    const NftRegister* to = last != 0 ? at(last) : from;
    if (from == nullptr || to == nullptr || from->value.size() < 2 || to->value.size() < 2) {
      return unknown();
    }
    redirect.toPorts = PortRange{be16toh(load<uint16_t>(from->value.data())),
                                 be16toh(load<uint16_t>(to->value.data()))};
  }
  rule_.target = redirect;
}

namespace {

// Fills in the first list of ports that is still empty.
void readPorts(const char* value, size_t size, xtables::Rule* rule) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(value);
  for (xtables::Match& match : rule->matches) {
    auto* multiport = std::get_if<xtables::MultiportMatch>(&match);
    if (multiport == nullptr || !multiport->ports.empty()) continue;
    for (size_t at = 0; at + 4 <= size; at += 4) {
      multiport->ports.push_back({load<uint16_t>(bytes + at), load<uint16_t>(bytes + at + 2)});
    }
    return;
  }
}

// A match of somebody else's set is left out: nobody said which ports those are.
void dropUnknownPorts(xtables::Rule* rule) {
  const auto unknown = [](const xtables::Match& match) {
    const auto* multiport = std::get_if<xtables::MultiportMatch>(&match);
    return multiport != nullptr && multiport->ports.empty();
  };
  auto& matches = rule->matches;
  const auto end = std::remove_if(matches.begin(), matches.end(), unknown);
  if (end == matches.end()) return;
  matches.erase(end, matches.end());
  rule->complete = false;
}

void readUserData(const Attribute& data, NftRule* rule) {
  size_t at = 0;
  while (at + 2 <= data.size) {
    const uint8_t type = data.data[at];
    const size_t size = data.data[at + 1];
    const char* value = reinterpret_cast<const char*>(data.data + at + 2);
    at += 2 + size;
    if (at > data.size) return;
    if (type == kCommentData) {
      rule->rule.matches.emplace_back(CommentMatch{std::string(value, strnlen(value, size))});
    } else if (type == kPortsData) {
      readPorts(value, size, &rule->rule);
    } else if (type == kOwnData) {
      rule->own = size == sizeof kOwnMark && memcmp(value, kOwnMark, size) == 0;
    }
  }
}

}  // namespace

NftRule readNftRule(const uint8_t* attributes, size_t size, const Family& family) {
  NftRule rule;
  const Expression whole = {{}, attributes, size};
  rule.handle = whole.counter(NFTA_RULE_HANDLE);
  rule.table = whole.text(NFTA_RULE_TABLE);
  rule.chain = whole.text(NFTA_RULE_CHAIN);
  Attribute list;
  if (netlink::findAttribute(attributes, size, NFTA_RULE_EXPRESSIONS, &list)) {
    NftReader reader(family, &rule.rule);
    nftables::ExpressionReader expressions(list.data, list.size);
    Expression expression;
    while (expressions.next(&expression)) reader.take(expression);
    reader.finish();
  }
  Attribute data;
  if (netlink::findAttribute(attributes, size, NFTA_RULE_USERDATA, &data)) {
    readUserData(data, &rule);
  }
  dropUnknownPorts(&rule.rule);
  return rule;
}

}  // namespace lvs::nat
