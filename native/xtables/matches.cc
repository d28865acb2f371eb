#include <errno.h>
#include <linux/in.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>

#include <cstring>

#include "records/record.h"
#include "xtables/extensions.h"
#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

OpaqueExtension opaque(const Extension& extension) {
  return {std::string(extension.name), extension.revision,
          std::vector<uint8_t>(extension.data, extension.data + extension.size)};
}

template <typename Raw>
bool isExactly(const Extension& extension, std::string_view name, uint8_t revision) {
  return extension.name == name && extension.revision == revision &&
         extension.size == XT_ALIGN(sizeof(Raw));
}

PortMatch portMatch(const uint16_t (&ports)[2], bool inverted) {
  return {{ports[0], ports[1]}, inverted};
}

bool ordered(const PortRange& range) { return range.first <= range.last; }

Match readTcp(const Extension& match) {
  const auto raw = load<xt_tcp>(match.data);
  TcpMatch tcp;
  tcp.source = portMatch(raw.spts, (raw.invflags & XT_TCP_INV_SRCPT) != 0);
  tcp.destination = portMatch(raw.dpts, (raw.invflags & XT_TCP_INV_DSTPT) != 0);
  tcp.flagMask = raw.flg_mask;
  tcp.flagValue = raw.flg_cmp;
  tcp.flagsInverted = (raw.invflags & XT_TCP_INV_FLAGS) != 0;
  tcp.option = raw.option;
  tcp.optionInverted = (raw.invflags & XT_TCP_INV_OPTION) != 0;
  if ((raw.invflags & ~XT_TCP_INV_MASK) != 0 || !ordered(tcp.source.ports) ||
      !ordered(tcp.destination.ports)) {
    return opaque(match);
  }
  return tcp;
}

Match readUdp(const Extension& match) {
  const auto raw = load<xt_udp>(match.data);
  UdpMatch udp;
  udp.source = portMatch(raw.spts, (raw.invflags & XT_UDP_INV_SRCPT) != 0);
  udp.destination = portMatch(raw.dpts, (raw.invflags & XT_UDP_INV_DSTPT) != 0);
  if ((raw.invflags & ~XT_UDP_INV_MASK) != 0 || !ordered(udp.source.ports) ||
      !ordered(udp.destination.ports)) {
    return opaque(match);
  }
  return udp;
}

Match readMultiport(const Extension& match) {
  const auto raw = load<xt_multiport_v1>(match.data);
  if (raw.flags > XT_MULTIPORT_EITHER || raw.count == 0 || raw.count > XT_MULTI_PORTS ||
      raw.invert > 1) {
    return opaque(match);
  }
  MultiportMatch multiport;
  multiport.side = static_cast<MultiportMatch::Side>(raw.flags);
  multiport.inverted = raw.invert != 0;
  for (size_t i = 0; i < raw.count; ++i) {
    const uint16_t first = raw.ports[i];
    if (raw.pflags[i] == 0) {
      multiport.ports.push_back({first, first});
      continue;
    }
    // A range of one port would be written back as a single port.
    if (++i == raw.count || raw.pflags[i] != 0 || raw.ports[i] <= first) return opaque(match);
    multiport.ports.push_back({first, raw.ports[i]});
  }
  return multiport;
}

Match readComment(const Extension& match) {
  const auto raw = load<xt_comment_info>(match.data);
  const size_t length = strnlen(raw.comment, sizeof raw.comment);
  if (length == sizeof raw.comment) return opaque(match);
  return CommentMatch{std::string(raw.comment, length)};
}

Match readMark(const Extension& match) {
  const auto raw = load<xt_mark_mtinfo1>(match.data);
  if (raw.invert > 1) return opaque(match);
  return MarkMatch{raw.mark, raw.mask, raw.invert != 0};
}

template <typename Raw>
void writePorts(const PortMatch& source, const PortMatch& destination, Raw* raw) {
  raw->spts[0] = source.ports.first;
  raw->spts[1] = source.ports.last;
  raw->dpts[0] = destination.ports.first;
  raw->dpts[1] = destination.ports.last;
  static_assert(XT_TCP_INV_SRCPT == XT_UDP_INV_SRCPT && XT_TCP_INV_DSTPT == XT_UDP_INV_DSTPT);
  raw->invflags = static_cast<uint8_t>((source.inverted ? XT_TCP_INV_SRCPT : 0) |
                                       (destination.inverted ? XT_TCP_INV_DSTPT : 0));
}

int checkPorts(const PortMatch& source, const PortMatch& destination, const char** reason) {
  if (ordered(source.ports) && ordered(destination.ports)) return 0;
  return fail(-EINVAL, reason, "a port range ends before it starts");
}

// Writes one kind of match after another; `protocol` is what the rule demands, 0 for none.
struct MatchWriter {
  uint8_t protocol;
  std::vector<uint8_t>* entry;
  const char** reason;

  int write(const TcpMatch& tcp) const {
    if (protocol != IPPROTO_TCP) return fail(-EINVAL, reason, "a tcp match needs the protocol tcp");
    xt_tcp raw = {};
    writePorts(tcp.source, tcp.destination, &raw);
    raw.option = tcp.option;
    raw.flg_mask = tcp.flagMask;
    raw.flg_cmp = tcp.flagValue;
    if (tcp.flagsInverted) raw.invflags |= XT_TCP_INV_FLAGS;
    if (tcp.optionInverted) raw.invflags |= XT_TCP_INV_OPTION;
    appendExtension(*entry, "tcp", 0, &raw, sizeof raw);
    return checkPorts(tcp.source, tcp.destination, reason);
  }

  int write(const UdpMatch& udp) const {
    if (protocol != IPPROTO_UDP) return fail(-EINVAL, reason, "a udp match needs the protocol udp");
    xt_udp raw = {};
    writePorts(udp.source, udp.destination, &raw);
    appendExtension(*entry, "udp", 0, &raw, sizeof raw);
    return checkPorts(udp.source, udp.destination, reason);
  }

  int write(const MultiportMatch& multiport) const {
    if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP && protocol != IPPROTO_UDPLITE &&
        protocol != IPPROTO_DCCP && protocol != IPPROTO_SCTP) {
      return fail(-EINVAL, reason, "a multiport match needs a protocol that has ports");
    }
    xt_multiport_v1 raw = {};
    raw.flags = static_cast<uint8_t>(multiport.side);
    raw.invert = multiport.inverted ? 1 : 0;
    for (const PortRange& range : multiport.ports) {
      const bool single = range.first == range.last;
      if (!ordered(range)) return fail(-EINVAL, reason, "a port range ends before it starts");
      if (raw.count + (single ? 1 : 2) > XT_MULTI_PORTS) {
        return fail(-EINVAL, reason, "a multiport match holds 15 ports; a range counts as two");
      }
      raw.pflags[raw.count] = single ? 0 : 1;
      raw.ports[raw.count++] = range.first;
      if (!single) raw.ports[raw.count++] = range.last;
    }
    if (raw.count == 0) return fail(-EINVAL, reason, "a multiport match needs a port");
    appendExtension(*entry, "multiport", 1, &raw, sizeof raw);
    return 0;
  }

  int write(const CommentMatch& comment) const {
    xt_comment_info raw = {};
    if (comment.text.size() >= sizeof raw.comment || comment.text.find('\0') != std::string::npos) {
      return fail(-EINVAL, reason, "a comment holds 255 bytes, none of them zero");
    }
    memcpy(raw.comment, comment.text.data(), comment.text.size());
    appendExtension(*entry, "comment", 0, &raw, sizeof raw);
    return 0;
  }

  int write(const MarkMatch& mark) const {
    xt_mark_mtinfo1 raw = {};
    raw.mark = mark.mark;
    raw.mask = mark.mask;
    raw.invert = mark.inverted ? 1 : 0;
    appendExtension(*entry, "mark", 1, &raw, sizeof raw);
    return 0;
  }

  int write(const OpaqueExtension& extension) const {
    return writeOpaque(extension, entry, reason);
  }
};

}  // namespace

Match readMatch(const Extension& match) {
  if (isExactly<xt_tcp>(match, "tcp", 0)) return readTcp(match);
  if (isExactly<xt_udp>(match, "udp", 0)) return readUdp(match);
  if (isExactly<xt_multiport_v1>(match, "multiport", 1)) return readMultiport(match);
  if (isExactly<xt_comment_info>(match, "comment", 0)) return readComment(match);
  if (isExactly<xt_mark_mtinfo1>(match, "mark", 1)) return readMark(match);
  return opaque(match);
}

int writeMatch(const Match& match, uint8_t protocol, std::vector<uint8_t>* entry,
               const char** reason) {
  const MatchWriter writer = {protocol, entry, reason};
  return std::visit([&](const auto& known) { return writer.write(known); }, match);
}

}  // namespace lvs::xtables
