#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include <algorithm>
#include <cstring>

#include "nat/nft_common.h"
#include "nat/nft_rule.h"
#include "nftables/expression.h"

namespace lvs::nat {
namespace {

using netlink::Attribute;
using nftables::Expression;
using xtables::AddressMatch;
using xtables::CommentMatch;
using xtables::Family;
using xtables::InterfaceMatch;
using xtables::MarkMatch;
using xtables::Match;
using xtables::MultiportMatch;
using xtables::PortMatch;
using xtables::PortRange;
using xtables::ProtocolMatch;
using xtables::Redirect;
using xtables::Rule;
using xtables::TcpMatch;
using xtables::UdpMatch;
using xtables::Verdict;

// What a register holds while a rule is walked.
struct Register {
  enum class Source : uint8_t { kNothing, kPayload, kMeta, kImmediate };
  Source source = Source::kNothing;
  uint32_t base = 0;  // of a payload
  uint32_t offset = 0;
  uint32_t length = 0;
  uint32_t key = 0;  // of meta
  std::vector<uint8_t> mask;
  std::vector<uint8_t> value;  // of an immediate
};

// The 4-byte registers that make up the first 16 bytes have numbers of their own.
size_t registerSlot(uint32_t number) {
  if (number >= NFT_REG32_00 && number <= NFT_REG32_15) return number - NFT_REG32_00;
  return number >= NFT_REG_1 && number <= NFT_REG_4 ? (number - NFT_REG_1) * 4 : SIZE_MAX;
}

class Reader {
 public:
  Reader(const Family& family, Rule* rule) : family_(family), rule_(*rule) {}

  void take(const Expression& expression);

 private:
  Register* at(uint32_t number) {
    const size_t slot = registerSlot(number);
    return slot < std::size(registers_) ? &registers_[slot] : nullptr;
  }
  void unknown() { rule_.complete = false; }
  void set(uint32_t number, Register value);
  void bitwise(const Expression& expression);
  void compare(const Register& from, bool equal, const Attribute& data);
  void comparePayload(const Register& from, bool equal, const Attribute& data);
  void compareMeta(const Register& from, bool equal, const Attribute& data);
  bool takeAddress(const Register& from, bool equal, const Attribute& data);
  void takeInterface(std::optional<InterfaceMatch>* into, bool equal, const Attribute& data);
  void takePorts(const Register& from, PortRange ports, bool equal);
  void range(const Expression& expression);
  void extension(const Expression& expression, bool target);
  void immediate(const Expression& expression);
  void redirect(const Expression& expression);

  const Family& family_;
  Rule& rule_;
  Register registers_[16];
};

void Reader::take(const Expression& expression) {
  if (expression.name == "payload") {
    Register value;
    value.source = Register::Source::kPayload;
    value.base = expression.number(NFTA_PAYLOAD_BASE);
    value.offset = expression.number(NFTA_PAYLOAD_OFFSET);
    value.length = expression.number(NFTA_PAYLOAD_LEN);
    set(expression.number(NFTA_PAYLOAD_DREG), value);
  } else if (expression.name == "meta") {
    Register value;
    value.source = Register::Source::kMeta;
    value.key = expression.number(NFTA_META_KEY);
    set(expression.number(NFTA_META_DREG), value);
  } else if (expression.name == "bitwise") {
    bitwise(expression);
  } else if (expression.name == "cmp") {
    const Register* from = at(expression.number(NFTA_CMP_SREG));
    const uint32_t operation = expression.number(NFTA_CMP_OP);
    if (from == nullptr || operation > NFT_CMP_NEQ) return unknown();
    compare(*from, operation == NFT_CMP_EQ, expression.value(NFTA_CMP_DATA));
  } else if (expression.name == "range") {
    range(expression);
  } else if (expression.name == "counter") {
    rule_.counters = {expression.counter(NFTA_COUNTER_PACKETS),
                      expression.counter(NFTA_COUNTER_BYTES)};
  } else if (expression.name == "match" || expression.name == "target") {
    extension(expression, expression.name == "target");
  } else if (expression.name == "immediate") {
    immediate(expression);
  } else if (expression.name == "redir") {
    redirect(expression);
  } else {
    unknown();
  }
}

void Reader::set(uint32_t number, Register value) {
  Register* into = at(number);
  if (into == nullptr) return unknown();
  *into = std::move(value);
}

void Reader::bitwise(const Expression& expression) {
  const Register* from = at(expression.number(NFTA_BITWISE_SREG));
  const Attribute mask = expression.value(NFTA_BITWISE_MASK);
  const Attribute flip = expression.value(NFTA_BITWISE_XOR);
  const bool flips =
      std::any_of(flip.data, flip.data + flip.size, [](uint8_t byte) { return byte != 0; });
  if (from == nullptr || mask.size == 0 || flips) return unknown();
  Register value = *from;
  value.mask.assign(mask.data, mask.data + mask.size);
  set(expression.number(NFTA_BITWISE_DREG), value);
}

void Reader::compare(const Register& from, bool equal, const Attribute& data) {
  if (data.size == 0) return unknown();
  if (from.source == Register::Source::kPayload) return comparePayload(from, equal, data);
  if (from.source == Register::Source::kMeta) return compareMeta(from, equal, data);
  unknown();
}

void Reader::comparePayload(const Register& from, bool equal, const Attribute& data) {
  if (from.base == NFT_PAYLOAD_TRANSPORT_HEADER && from.length == kPortSize && data.size == 2 &&
      from.mask.empty()) {
    const uint16_t port = be16toh(load<uint16_t>(data.data));
    return takePorts(from, {port, port}, equal);
  }
  if (from.base != NFT_PAYLOAD_NETWORK_HEADER || !takeAddress(from, equal, data)) unknown();
}

bool Reader::takeAddress(const Register& from, bool equal, const Attribute& data) {
  const PacketPlaces places = placesOf(family_);
  const bool source = from.offset == places.source;
  auto& into = source ? rule_.header.source : rule_.header.destination;
  if ((!source && from.offset != places.destination) || into || data.size != from.length ||
      data.size > family_.addressSize || (!from.mask.empty() && from.mask.size() != data.size)) {
    return false;
  }
  AddressMatch match;
  match.inverted = !equal;
  memcpy(match.address.data(), data.data, data.size);
  memset(match.mask.data(), 0xff, data.size);
  if (!from.mask.empty()) memcpy(match.mask.data(), from.mask.data(), data.size);
  into = match;
  return true;
}

void Reader::compareMeta(const Register& from, bool equal, const Attribute& data) {
  switch (from.key) {
    case NFT_META_IIFNAME:
      return takeInterface(&rule_.header.in, equal, data);
    case NFT_META_OIFNAME:
      return takeInterface(&rule_.header.out, equal, data);
    case NFT_META_L4PROTO:
      if (rule_.header.protocol) return unknown();
      rule_.header.protocol = ProtocolMatch{data.data[0], !equal};
      return;
    case NFT_META_MARK: {
      if (data.size != sizeof(uint32_t) ||
          (!from.mask.empty() && from.mask.size() != sizeof(uint32_t))) {
        return unknown();
      }
      MarkMatch match;
      match.mark = load<uint32_t>(data.data);
      if (!from.mask.empty()) match.mask = load<uint32_t>(from.mask.data());
      match.inverted = !equal;
      rule_.matches.push_back(match);
      return;
    }
    default:
      unknown();
  }
}

void Reader::takeInterface(std::optional<InterfaceMatch>* into, bool equal, const Attribute& data) {
  const char* text = reinterpret_cast<const char*>(data.data);
  const size_t length = strnlen(text, data.size);
  if (*into || length == 0) return unknown();
  std::string name(text, length);
  if (length == data.size) name += '+';  // no zero: only the beginning is compared
  *into = InterfaceMatch{name, !equal};
}

PortMatch* portsOf(Match* match, bool source) {
  if (auto* tcp = std::get_if<TcpMatch>(match)) return source ? &tcp->source : &tcp->destination;
  auto* udp = std::get_if<UdpMatch>(match);
  return udp == nullptr ? nullptr : source ? &udp->source : &udp->destination;
}

// Ports are compared in the header of whatever protocol the rule demands.
void Reader::takePorts(const Register& from, PortRange ports, bool equal) {
  const bool source = from.offset == kSourcePort;
  if (!source && from.offset != kDestinationPort) return unknown();
  const auto& protocol = rule_.header.protocol;
  const uint8_t number = protocol && !protocol->inverted ? protocol->number : 0;
  if (number != IPPROTO_TCP && number != IPPROTO_UDP) {
    MultiportMatch match;
    match.side = source ? MultiportMatch::Side::kSource : MultiportMatch::Side::kDestination;
    match.ports = {ports};
    match.inverted = !equal;
    rule_.matches.push_back(match);
    return;
  }
  for (Match& match : rule_.matches) {
    PortMatch* known = portsOf(&match, source);
    if (known == nullptr) continue;
    if (!(*known == PortMatch{})) return unknown();
    *known = {ports, !equal};
    return;
  }
  rule_.matches.push_back(number == IPPROTO_TCP ? Match(TcpMatch{}) : Match(UdpMatch{}));
  *portsOf(&rule_.matches.back(), source) = {ports, !equal};
}

void Reader::range(const Expression& expression) {
  const Register* from = at(expression.number(NFTA_RANGE_SREG));
  const Attribute first = expression.value(NFTA_RANGE_FROM_DATA);
  const Attribute last = expression.value(NFTA_RANGE_TO_DATA);
  if (from == nullptr || from->source != Register::Source::kPayload ||
      from->base != NFT_PAYLOAD_TRANSPORT_HEADER || from->length != kPortSize ||
      first.size != kPortSize || last.size != kPortSize) {
    return unknown();
  }
  takePorts(*from, {be16toh(load<uint16_t>(first.data)), be16toh(load<uint16_t>(last.data))},
            expression.number(NFTA_RANGE_OP) == NFT_RANGE_EQ);
}

void Reader::extension(const Expression& expression, bool target) {
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
    rule_.matches.push_back(xtables::readMatch(found));
  }
}

// A verdict, or a port for a redirect to come.
void Reader::immediate(const Expression& expression) {
  const uint32_t number = expression.number(NFTA_IMMEDIATE_DREG);
  if (number != NFT_REG_VERDICT) {
    const Attribute data = expression.value(NFTA_IMMEDIATE_DATA);
    Register value;
    value.source = Register::Source::kImmediate;
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

void Reader::redirect(const Expression& expression) {
  Redirect redirect;
  const uint32_t flags = expression.number(NFTA_REDIR_FLAGS);
  redirect.random = (flags & NF_NAT_RANGE_PROTO_RANDOM) != 0;
  if ((flags & ~uint32_t{NF_NAT_RANGE_PROTO_RANDOM | NF_NAT_RANGE_PROTO_SPECIFIED}) != 0) unknown();
  const uint32_t first = expression.number(NFTA_REDIR_REG_PROTO_MIN);
  const uint32_t last = expression.number(NFTA_REDIR_REG_PROTO_MAX);
  if (first != 0) {
    const Register* from = at(first);
    const Register* to = last != 0 ? at(last) : from;
    if (from == nullptr || to == nullptr || from->value.size() < 2 || to->value.size() < 2) {
      return unknown();
    }
    redirect.toPorts = PortRange{be16toh(load<uint16_t>(from->value.data())),
                                 be16toh(load<uint16_t>(to->value.data()))};
  }
  rule_.target = redirect;
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
      rule->rule.matches.push_back(CommentMatch{std::string(value, strnlen(value, size))});
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
    Reader reader(family, &rule.rule);
    nftables::ExpressionReader expressions(list.data, list.size);
    Expression expression;
    while (expressions.next(&expression)) reader.take(expression);
  }
  Attribute data;
  if (netlink::findAttribute(attributes, size, NFTA_RULE_USERDATA, &data)) {
    readUserData(data, &rule);
  }
  return rule;
}

}  // namespace lvs::nat
