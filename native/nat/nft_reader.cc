#include "nat/nft_reader.h"

#include <endian.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "nat/nft_common.h"
#include "records/record.h"

namespace lvs::nat {
namespace {

using netlink::Attribute;
using nftables::Expression;
using xtables::AddressMatch;
using xtables::InterfaceMatch;
using xtables::MarkMatch;
using xtables::Match;
using xtables::MultiportMatch;
using xtables::PortMatch;
using xtables::PortRange;
using xtables::ProtocolMatch;
using xtables::TcpMatch;
using xtables::UdpMatch;

// The 4-byte registers that make up the first 16 bytes have numbers of their own.
size_t registerSlot(uint32_t number) {
  if (number >= NFT_REG32_00 && number <= NFT_REG32_15) return number - NFT_REG32_00;
  return number >= NFT_REG_1 && number <= NFT_REG_4 ? size_t{number - NFT_REG_1} * 4 : SIZE_MAX;
}

PortMatch* portsOf(Match* match, bool source) {
  if (auto* tcp = std::get_if<TcpMatch>(match)) return source ? &tcp->source : &tcp->destination;
  auto* udp = std::get_if<UdpMatch>(match);
  return udp == nullptr ? nullptr : source ? &udp->source : &udp->destination;
}

}  // namespace

NftRegister* NftReader::at(uint32_t number) {
  const size_t slot = registerSlot(number);
  return slot < std::size(registers_) ? &registers_[slot] : nullptr;
}

void NftReader::take(const Expression& expression) {
  if (expression.name == "payload") {
    NftRegister value;
    value.source = NftRegister::Source::kPayload;
    value.base = expression.number(NFTA_PAYLOAD_BASE);
    value.offset = expression.number(NFTA_PAYLOAD_OFFSET);
    value.length = expression.number(NFTA_PAYLOAD_LEN);
    set(expression.number(NFTA_PAYLOAD_DREG), value);
  } else if (expression.name == "meta") {
    NftRegister value;
    value.source = NftRegister::Source::kMeta;
    value.key = expression.number(NFTA_META_KEY);
    set(expression.number(NFTA_META_DREG), value);
  } else if (expression.name == "bitwise") {
    bitwise(expression);
  } else if (expression.name == "cmp") {
    const NftRegister* from = at(expression.number(NFTA_CMP_SREG));
    const uint32_t operation = expression.number(NFTA_CMP_OP);
    if (from == nullptr) return unknown();
    const Attribute data = expression.value(NFTA_CMP_DATA);
    if (operation > NFT_CMP_NEQ) return bound(*from, operation, data);
    compare(*from, operation == NFT_CMP_EQ, data);
  } else if (expression.name == "range") {
    range(expression);
  } else if (expression.name == "lookup") {
    lookup(expression);
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

// nft writes a range of ports as two comparisons, one after the other.
void NftReader::bound(const NftRegister& from, uint32_t operation, const Attribute& data) {
  if (from.source != NftRegister::Source::kPayload || !from.mask.empty() ||
      from.base != NFT_PAYLOAD_TRANSPORT_HEADER || from.length != kPortSize ||
      data.size != kPortSize) {
    return unknown();
  }
  const uint16_t port = be16toh(load<uint16_t>(data.data));
  if (operation == NFT_CMP_GTE && !lowest_) {
    lowest_ = LowestPort{from.offset, port};
  } else if (operation == NFT_CMP_LTE && lowest_ && lowest_->offset == from.offset) {
    takePorts(from, {lowest_->port, port}, true);
    lowest_.reset();
  } else {
    unknown();
  }
}

void NftReader::finish() {
  if (lowest_) unknown();
}

void NftReader::set(uint32_t number, NftRegister value) {
  NftRegister* into = at(number);
  if (into == nullptr) return unknown();
  *into = std::move(value);
}

void NftReader::bitwise(const Expression& expression) {
  const NftRegister* from = at(expression.number(NFTA_BITWISE_SREG));
  const Attribute mask = expression.value(NFTA_BITWISE_MASK);
  const Attribute flip = expression.value(NFTA_BITWISE_XOR);
  const bool flips =
      std::any_of(flip.data, flip.data + flip.size, [](uint8_t byte) { return byte != 0; });
  if (from == nullptr || mask.size == 0 || flips) return unknown();
  NftRegister value = *from;
  value.mask.assign(mask.data, mask.data + mask.size);
  set(expression.number(NFTA_BITWISE_DREG), value);
}

void NftReader::compare(const NftRegister& from, bool equal, const Attribute& data) {
  if (data.size == 0) return unknown();
  if (from.source == NftRegister::Source::kPayload) return comparePayload(from, equal, data);
  if (from.source == NftRegister::Source::kMeta) return compareMeta(from, equal, data);
  unknown();
}

void NftReader::comparePayload(const NftRegister& from, bool equal, const Attribute& data) {
  if (from.base == NFT_PAYLOAD_TRANSPORT_HEADER && from.length == kPortSize && data.size == 2 &&
      from.mask.empty()) {
    const uint16_t port = be16toh(load<uint16_t>(data.data));
    return takePorts(from, {port, port}, equal);
  }
  if (from.base != NFT_PAYLOAD_NETWORK_HEADER || !takeAddress(from, equal, data)) unknown();
}

bool NftReader::takeAddress(const NftRegister& from, bool equal, const Attribute& data) {
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

void NftReader::compareMeta(const NftRegister& from, bool equal, const Attribute& data) {
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
      rule_.matches.emplace_back(match);
      return;
    }
    default:
      unknown();
  }
}

void NftReader::takeInterface(std::optional<InterfaceMatch>* into, bool equal,
                              const Attribute& data) {
  const char* text = reinterpret_cast<const char*>(data.data);
  const size_t length = strnlen(text, data.size);
  if (*into || length == 0) return unknown();
  std::string name(text, length);
  if (length == data.size) name += '+';  // no zero: only the beginning is compared
  *into = InterfaceMatch{name, !equal};
}

// Ports are compared in the header of whatever protocol the rule demands.
void NftReader::takePorts(const NftRegister& from, PortRange ports, bool equal) {
  const bool source = from.offset == kSourcePort;
  if (!source && from.offset != kDestinationPort) return unknown();
  const auto& protocol = rule_.header.protocol;
  const uint8_t number = protocol && !protocol->inverted ? protocol->number : 0;
  if (number != IPPROTO_TCP && number != IPPROTO_UDP) {
    MultiportMatch match;
    match.side = source ? MultiportMatch::Side::kSource : MultiportMatch::Side::kDestination;
    match.ports = {ports};
    match.inverted = !equal;
    rule_.matches.emplace_back(match);
    return;
  }
  const PortMatch wanted = {ports, !equal};
  for (Match& match : rule_.matches) {
    PortMatch* known = portsOf(&match, source);
    if (known == nullptr) continue;
    if (!(*known == PortMatch{})) return unknown();
    *known = wanted;
    return;
  }
  const PortMatch any;
  if (number == IPPROTO_TCP) {
    TcpMatch match;
    (source ? match.source : match.destination) = wanted;
    rule_.matches.emplace_back(match);
  } else {
    rule_.matches.emplace_back(source ? UdpMatch{wanted, any} : UdpMatch{any, wanted});
  }
}

// Which ports the set holds is said in the rule's user data, if the rule is ours.
void NftReader::lookup(const Expression& expression) {
  const NftRegister* from = at(expression.number(NFTA_LOOKUP_SREG));
  if (from == nullptr || from->source != NftRegister::Source::kPayload ||
      from->base != NFT_PAYLOAD_TRANSPORT_HEADER || from->length != kPortSize ||
      (from->offset != kSourcePort && from->offset != kDestinationPort)) {
    return unknown();
  }
  MultiportMatch match;
  match.side = from->offset == kSourcePort ? MultiportMatch::Side::kSource
                                           : MultiportMatch::Side::kDestination;
  match.inverted = (expression.number(NFTA_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV) != 0;
  rule_.matches.emplace_back(match);
}

void NftReader::range(const Expression& expression) {
  const NftRegister* from = at(expression.number(NFTA_RANGE_SREG));
  const Attribute first = expression.value(NFTA_RANGE_FROM_DATA);
  const Attribute last = expression.value(NFTA_RANGE_TO_DATA);
  if (from == nullptr || from->source != NftRegister::Source::kPayload ||
      from->base != NFT_PAYLOAD_TRANSPORT_HEADER || from->length != kPortSize ||
      first.size != kPortSize || last.size != kPortSize) {
    return unknown();
  }
  takePorts(*from, {be16toh(load<uint16_t>(first.data)), be16toh(load<uint16_t>(last.data))},
            expression.number(NFTA_RANGE_OP) == NFT_RANGE_EQ);
}

}  // namespace lvs::nat
