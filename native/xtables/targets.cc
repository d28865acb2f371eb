#include <endian.h>
#include <errno.h>
#include <linux/in.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>

#include "records/record.h"
#include "xtables/extensions.h"
#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

constexpr std::string_view kRedirectName = "REDIRECT";
constexpr uint32_t kKnownFlags = NF_NAT_RANGE_PROTO_SPECIFIED | NF_NAT_RANGE_PROTO_RANDOM;

// What both families' structures say, in host byte order.
struct Range {
  uint32_t flags = 0;
  uint16_t first = 0;
  uint16_t last = 0;
};

bool readRange(const Extension& target, const Family& family, Range* range) {
  if (family.addressSize == sizeof(in_addr)) {
    if (target.size != XT_ALIGN(sizeof(nf_nat_ipv4_multi_range_compat))) return false;
    const auto raw = load<nf_nat_ipv4_multi_range_compat>(target.data);
    if (raw.rangesize != 1) return false;
    *range = {raw.range[0].flags, be16toh(raw.range[0].min.all), be16toh(raw.range[0].max.all)};
    return true;
  }
  if (target.size != XT_ALIGN(sizeof(nf_nat_range))) return false;
  const auto raw = load<nf_nat_range>(target.data);
  *range = {raw.flags, be16toh(raw.min_proto.all), be16toh(raw.max_proto.all)};
  return true;
}

void writeRange(const Range& range, const Family& family, std::vector<uint8_t>* entry) {
  if (family.addressSize == sizeof(in_addr)) {
    nf_nat_ipv4_multi_range_compat raw = {};
    raw.rangesize = 1;
    raw.range[0].flags = range.flags;
    raw.range[0].min.all = htobe16(range.first);
    raw.range[0].max.all = htobe16(range.last);
    appendExtension(*entry, kRedirectName, 0, &raw, sizeof raw);
    return;
  }
  nf_nat_range raw = {};
  raw.flags = range.flags;
  raw.min_proto.all = htobe16(range.first);
  raw.max_proto.all = htobe16(range.last);
  appendExtension(*entry, kRedirectName, 0, &raw, sizeof raw);
}

}  // namespace

bool OpaqueExtension::operator==(const OpaqueExtension& other) const {
  const auto padded = [](std::vector<uint8_t> bytes) {
    bytes.resize(XT_ALIGN(bytes.size()));
    return bytes;
  };
  return name == other.name && revision == other.revision && padded(data) == padded(other.data);
}

Target readModuleTarget(const Extension& target, const Family& family) {
  Range range;
  if (target.name == kRedirectName && target.revision == 0 && readRange(target, family, &range) &&
      (range.flags & ~kKnownFlags) == 0 && range.first <= range.last) {
    Redirect redirect;
    if ((range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0) {
      redirect.toPorts = PortRange{range.first, range.last};
    }
    redirect.random = (range.flags & NF_NAT_RANGE_PROTO_RANDOM) != 0;
    return redirect;
  }
  return OpaqueExtension{std::string(target.name), target.revision,
                         std::vector<uint8_t>(target.data, target.data + target.size)};
}

int writeRedirect(const Redirect& redirect, uint8_t protocol, const Family& family,
                  std::vector<uint8_t>* entry, const char** reason) {
  Range range;
  if (redirect.toPorts) {
    // The kernel takes ports without a protocol and then changes bytes of whatever comes.
    if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP && protocol != IPPROTO_DCCP &&
        protocol != IPPROTO_SCTP) {
      return fail(-EINVAL, reason, "ports to redirect to need the protocol tcp, udp, dccp or sctp");
    }
    if (redirect.toPorts->first > redirect.toPorts->last) {
      return fail(-EINVAL, reason, "a port range ends before it starts");
    }
    range = {NF_NAT_RANGE_PROTO_SPECIFIED, redirect.toPorts->first, redirect.toPorts->last};
  }
  if (redirect.random) range.flags |= NF_NAT_RANGE_PROTO_RANDOM;
  writeRange(range, family, entry);
  return 0;
}

int writeOpaque(const OpaqueExtension& extension, std::vector<uint8_t>* entry,
                const char** reason) {
  if (extension.name.empty() || extension.name == XT_ERROR_TARGET ||
      extension.name.size() >= XT_EXTENSION_MAXNAMELEN ||
      extension.name.find('\0') != std::string::npos) {
    return fail(-EINVAL, reason,
                "the name of a match or target has 1 to 28 bytes and is not ERROR");
  }
  if (extension.data.size() > UINT16_MAX) return -EMSGSIZE;
  appendExtension(*entry, extension.name, extension.revision, extension.data.data(),
                  extension.data.size());
  return 0;
}

}  // namespace lvs::xtables
