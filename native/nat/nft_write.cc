#include <endian.h>
#include <errno.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <cstring>

#include "nat/nft_common.h"
#include "nat/nft_rule.h"
#include "nftables/expression.h"
#include "xtables/reason.h"

namespace lvs::nat {
namespace {

using xtables::AddressMatch;
using xtables::CommentMatch;
using xtables::Extension;
using xtables::Family;
using xtables::MarkMatch;
using xtables::Match;
using xtables::MultiportMatch;
using xtables::PortMatch;
using xtables::PortRange;
using xtables::Redirect;
using xtables::Rule;
using xtables::TcpMatch;
using xtables::UdpMatch;

class Writer {
 public:
  Writer(nftables::Batch& batch, const Family& family, uint32_t firstSet, const char** reason)
      : batch_(batch),
        expressions_(batch.writer()),
        family_(family),
        nextSet_(firstSet),
        reason_(reason) {}

  void header(const xtables::RuleHeader& header);
  int compat(const Rule& rule);
  int native(const Rule& rule, const Redirect& redirect);
  void finish() { expressions_.finish(); }

 private:
  void interface(const xtables::InterfaceMatch& match, uint32_t key);
  void address(const AddressMatch& match, uint32_t offset);
  void ports(const PortMatch& match, uint32_t offset);
  int nativeMatch(const Match& match);
  int nativeMultiport(const MultiportMatch& match);
  void nativeMark(const MarkMatch& match);
  void nativeRedirect(const Redirect& redirect);

  nftables::Batch& batch_;
  nftables::ExpressionWriter expressions_;
  const Family& family_;
  uint32_t nextSet_;
  const char** reason_;
};

// In iptables-nft's order.
void Writer::header(const xtables::RuleHeader& header) {
  if (header.in) {
    batch_.mark("inInterface");
    interface(*header.in, NFT_META_IIFNAME);
  }
  if (header.out) {
    batch_.mark("outInterface");
    interface(*header.out, NFT_META_OIFNAME);
  }
  if (header.protocol) {
    batch_.mark("protocol");
    expressions_.meta(NFT_META_L4PROTO);
    expressions_.compare(!header.protocol->inverted, &header.protocol->number, 1);
  }
  if (header.source) {
    batch_.mark("source");
    address(*header.source, placesOf(family_).source);
  }
  if (header.destination) {
    batch_.mark("destination");
    address(*header.destination, placesOf(family_).destination);
  }
}

// The name with its zero, or without and without the `+`: then only its beginning is compared.
void Writer::interface(const xtables::InterfaceMatch& match, uint32_t key) {
  expressions_.meta(key);
  const bool wildcard = match.name.back() == '+';
  const size_t length = wildcard ? match.name.size() - 1 : match.name.size() + 1;
  expressions_.compare(!match.inverted, match.name.c_str(), length);
}

// Whole bytes of a prefix are compared without a mask, as iptables does since 1.8.6.
void Writer::address(const AddressMatch& match, uint32_t offset) {
  const int prefix = xtables::prefixLengthOf(match, family_);
  const bool whole = prefix > 0 && prefix % 8 == 0;
  const size_t length = whole ? static_cast<size_t>(prefix) / 8 : family_.addressSize;
  xtables::Address wanted = match.address;
  for (size_t i = 0; i < wanted.size(); ++i) wanted[i] &= match.mask[i];
  expressions_.payload(NFT_PAYLOAD_NETWORK_HEADER, offset, static_cast<uint32_t>(length));
  if (!whole) expressions_.bitwise(match.mask.data(), length);
  expressions_.compare(!match.inverted, wanted.data(), length);
}

// x_tables' bytes of the matches and the target, one expression each.
int Writer::compat(const Rule& rule) {
  xtables::DetachedEntry entry;
  if (const int error = xtables::buildRule(rule, family_, &entry, reason_)) return error;
  for (const Extension& match : xtables::matchesOf(entry.bytes.data(), family_)) {
    batch_.mark(match.name == "comment" ? "comment" : match.name == "mark" ? "mark" : "port");
    expressions_.match(match.name, match.revision, match.data, match.size);
  }
  expressions_.counter(rule.counters.packets, rule.counters.bytes);
  batch_.mark("target");
  const Extension target = xtables::targetOf(entry.bytes.data(), family_);
  expressions_.target(target.name, target.revision, target.data, target.size);
  return 0;
}

int Writer::native(const Rule& rule, const Redirect& redirect) {
  for (const Match& match : rule.matches) {
    if (const int error = nativeMatch(match)) return error;
  }
  expressions_.counter(rule.counters.packets, rule.counters.bytes);
  batch_.mark("target");
  nativeRedirect(redirect);
  return 0;
}

void Writer::ports(const PortMatch& match, uint32_t offset) {
  if (match == PortMatch{}) return;
  const uint16_t first = htobe16(match.ports.first);
  const uint16_t last = htobe16(match.ports.last);
  batch_.mark(offset == kSourcePort ? "sourcePort" : "destinationPort");
  expressions_.payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset, kPortSize);
  if (first == last) {
    expressions_.compare(!match.inverted, &first, sizeof first);
  } else {
    expressions_.range(!match.inverted, &first, &last, sizeof first);
  }
}

int Writer::nativeMatch(const Match& match) {
  if (std::holds_alternative<CommentMatch>(match)) return 0;  // goes into the user data
  if (const auto* tcp = std::get_if<TcpMatch>(&match)) {
    ports(tcp->source, kSourcePort);
    ports(tcp->destination, kDestinationPort);
    return 0;
  }
  if (const auto* udp = std::get_if<UdpMatch>(&match)) {
    ports(udp->source, kSourcePort);
    ports(udp->destination, kDestinationPort);
    return 0;
  }
  if (const auto* mark = std::get_if<MarkMatch>(&match)) {
    nativeMark(*mark);
    return 0;
  }
  if (const auto* multiport = std::get_if<MultiportMatch>(&match)) {
    return nativeMultiport(*multiport);
  }
  return xtables::fail(-EINVAL, reason_, "a match of x_tables can't be used in a table of our own");
}

int Writer::nativeMultiport(const MultiportMatch& match) {
  if (match.ports.empty() || match.side == MultiportMatch::Side::kEither) {
    return xtables::fail(-EINVAL, reason_, "the ports of a rule are either source or destination");
  }
  const bool source = match.side == MultiportMatch::Side::kSource;
  const uint32_t offset = source ? kSourcePort : kDestinationPort;
  if (!needsSet(match)) {
    ports({match.ports[0], match.inverted}, offset);
    return 0;
  }
  batch_.mark(source ? "sourcePort" : "destinationPort");
  expressions_.payload(NFT_PAYLOAD_TRANSPORT_HEADER, offset, kPortSize);
  expressions_.lookup(nextSet_++, !match.inverted);
  return 0;
}

void Writer::nativeMark(const MarkMatch& match) {
  batch_.mark("mark");
  expressions_.meta(NFT_META_MARK);
  if (match.mask != UINT32_MAX) {
    uint8_t mask[sizeof match.mask];
    memcpy(mask, &match.mask, sizeof mask);
    expressions_.bitwise(mask, sizeof mask);
  }
  expressions_.compare(!match.inverted, &match.mark, sizeof match.mark);
}

void Writer::nativeRedirect(const Redirect& redirect) {
  uint32_t flags = redirect.random ? NF_NAT_RANGE_PROTO_RANDOM : 0;
  if (!redirect.toPorts) return expressions_.redirect(0, 0, flags);
  const PortRange& to = *redirect.toPorts;
  const uint16_t first = htobe16(to.first);
  const uint16_t last = htobe16(to.last);
  expressions_.immediate(NFT_REG_1, &first, sizeof first);
  if (last != first) expressions_.immediate(NFT_REG_2, &last, sizeof last);
  flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
  expressions_.redirect(NFT_REG_1, last != first ? uint32_t{NFT_REG_2} : 0, flags);
}

void append(std::vector<uint8_t>* data, uint8_t type, const uint8_t* value, size_t size) {
  data->push_back(type);
  data->push_back(static_cast<uint8_t>(size));
  data->insert(data->end(), value, value + size);
}

std::vector<uint8_t> portsData(const MultiportMatch& match) {
  std::vector<uint8_t> data(match.ports.size() * 2 * sizeof(uint16_t));
  for (size_t i = 0; i < match.ports.size(); ++i) {
    store(data.data() + i * 4, match.ports[i].first);
    store(data.data() + i * 4 + 2, match.ports[i].last);
  }
  return data;
}

int writeUserData(netlink::MessageWriter& writer, const Rule& rule, Dialect dialect,
                  const char** reason) {
  std::vector<uint8_t> data;
  append(&data, kOwnData, reinterpret_cast<const uint8_t*>(kOwnMark), sizeof kOwnMark);
  for (const Match& match : rule.matches) {
    if (dialect == Dialect::kCompat) break;
    if (const auto* comment = std::get_if<CommentMatch>(&match)) {
      append(&data, kCommentData, reinterpret_cast<const uint8_t*>(comment->text.c_str()),
             comment->text.size() + 1);
    } else if (const auto* multiport = std::get_if<MultiportMatch>(&match)) {
      const std::vector<uint8_t> ports = portsData(*multiport);
      if (needsSet(*multiport)) append(&data, kPortsData, ports.data(), ports.size());
    }
  }
  if (data.size() > NFT_USERDATA_MAXLEN) {
    return xtables::fail(-EINVAL, reason, "the comment is too long for nf_tables");
  }
  writer.attribute(NFTA_RULE_USERDATA, data.data(), data.size());
  return 0;
}

}  // namespace

void writeCompat(netlink::MessageWriter& writer, const Rule& rule) {
  const auto& protocol = rule.header.protocol;
  const size_t mark = writer.openNest(NFTA_RULE_COMPAT);
  nftables::be32(writer, NFTA_RULE_COMPAT_PROTO, protocol ? protocol->number : 0);
  nftables::be32(writer, NFTA_RULE_COMPAT_FLAGS,
                 protocol && protocol->inverted ? NFT_RULE_COMPAT_F_INV : 0);
  writer.closeNest(mark);
}

int writeNftRule(nftables::Batch& batch, const Rule& rule, const Family& family, Dialect dialect,
                 uint32_t firstSet, const char** reason) {
  const auto* redirect = std::get_if<Redirect>(&rule.target);
  if (redirect == nullptr) {
    return xtables::fail(-EINVAL, reason, "only rules that redirect are written");
  }
  Writer writer(batch, family, firstSet, reason);
  writer.header(rule.header);
  int error = dialect == Dialect::kCompat ? writer.compat(rule) : writer.native(rule, *redirect);
  writer.finish();
  if (error == 0 && dialect == Dialect::kCompat) writeCompat(batch.writer(), rule);
  if (error == 0) error = writeUserData(batch.writer(), rule, dialect, reason);
  return error;
}

}  // namespace lvs::nat
