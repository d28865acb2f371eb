#include "xtables/rule_header.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <algorithm>

#include "records/record.h"
#include "xtables/reason.h"

namespace lvs::xtables {
namespace {

std::optional<AddressMatch> readAddress(const uint8_t* address, const uint8_t* mask,
                                        const Family& family, bool inverted) {
  AddressMatch match;
  memcpy(match.address.data(), address, family.addressSize);
  memcpy(match.mask.data(), mask, family.addressSize);
  match.inverted = inverted;
  if (match.mask == Address{} && !inverted) return std::nullopt;
  return match;
}

// The mask covers a whole name and the zero behind it, or the beginning of one.
std::optional<InterfaceMatch> readInterface(const uint8_t* name, const uint8_t* mask,
                                            bool inverted) {
  const uint8_t* end = std::find_if(mask, mask + IFNAMSIZ, [](uint8_t b) { return b != 0xff; });
  const auto covered = static_cast<size_t>(end - mask);
  const char* text = reinterpret_cast<const char*>(name);
  InterfaceMatch match = {std::string(text, strnlen(text, covered)), inverted};
  if (match.name.size() == covered) match.name += '+';
  if (covered == 0 && !inverted) return std::nullopt;
  return match;
}

void writeAddress(const AddressMatch& match, uint8_t* address, uint8_t* mask,
                  const Family& family) {
  memcpy(mask, match.mask.data(), family.addressSize);
  // The kernel masks the packet's address only; with bits left over a rule would never match.
  for (size_t i = 0; i < family.addressSize; ++i) address[i] = match.address[i] & match.mask[i];
}

bool isInterfaceName(const std::string& name) {
  return !name.empty() && name.size() < IFNAMSIZ &&
         std::none_of(name.begin(), name.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '/'; });
}

int checkHeader(const RuleHeader& header, const Family& family, const char** reason) {
  if ((header.in && !isInterfaceName(header.in->name)) ||
      (header.out && !isInterfaceName(header.out->name))) {
    return fail(-EINVAL, reason,
                "an interface's name has 1 to 15 bytes without spaces and slashes");
  }
  if (header.protocol && header.protocol->number == 0 && family.protocolFlag == 0) {
    return fail(-EINVAL, reason, "in IPv4 the protocol 0 stands for any");
  }
  if (header.fragment && family.fragmentFlag == 0) {
    return fail(-EINVAL, reason, "only IPv4 rules can tell fragments");
  }
  return 0;
}

void writeInterface(const InterfaceMatch& match, uint8_t* name, uint8_t* mask) {
  // The `+` stays in the name: iptables prints the name, and compares what the mask covers.
  const size_t size = match.name.size();
  std::copy_n(match.name.data(), size, name);
  memset(mask, 0xff, match.name.back() == '+' ? size - 1 : size + 1);
}

bool sameUnderMask(const uint8_t* a, const uint8_t* b, const uint8_t* mask) {
  for (size_t i = 0; i < IFNAMSIZ; ++i) {
    if (((a[i] ^ b[i]) & mask[i]) != 0) return false;
  }
  return true;
}

// Whether two entries take the same packets; the masks are compared with everything else.
bool samePackets(const uint8_t* a, const uint8_t* b, const Family& family) {
  const size_t names = family.inInterface;
  const size_t masks = family.inInterfaceMask;
  return memcmp(a, b, names) == 0 &&
         memcmp(a + masks, b + masks, family.packetMatchSize - masks) == 0 &&
         sameUnderMask(a + names, b + names, a + masks) &&
         sameUnderMask(a + family.outInterface, b + family.outInterface,
                       a + family.outInterfaceMask);
}

}  // namespace

bool AddressMatch::operator==(const AddressMatch& other) const {
  if (inverted != other.inverted || mask != other.mask) return false;
  for (size_t i = 0; i < mask.size(); ++i) {
    if (((address[i] ^ other.address[i]) & mask[i]) != 0) return false;
  }
  return true;
}

Address prefixMask(unsigned prefixLength) {
  Address mask{};
  for (unsigned i = 0; i < prefixLength && i < mask.size() * 8; ++i) {
    mask[i / 8] |= static_cast<uint8_t>(0x80U >> i % 8);
  }
  return mask;
}

int prefixLengthOf(const AddressMatch& match, const Family& family) {
  unsigned length = 0;
  while (length < family.addressSize * 8U && (match.mask[length / 8] & 0x80U >> length % 8) != 0) {
    ++length;
  }
  const Address prefix = prefixMask(length);
  const bool whole =
      std::equal(prefix.begin(), prefix.begin() + family.addressSize, match.mask.begin());
  return whole ? static_cast<int>(length) : -1;
}

bool RuleHeader::operator==(const RuleHeader& other) const {
  // A mask of zero and `+` take everything, as saying nothing does.
  const AddressMatch anyAddress;
  const InterfaceMatch anyInterface = {"+"};
  return source.value_or(anyAddress) == other.source.value_or(anyAddress) &&
         destination.value_or(anyAddress) == other.destination.value_or(anyAddress) &&
         in.value_or(anyInterface) == other.in.value_or(anyInterface) &&
         out.value_or(anyInterface) == other.out.value_or(anyInterface) &&
         protocol == other.protocol && fragment == other.fragment && isGoto == other.isGoto;
}

bool readHeader(const uint8_t* entry, const Family& family, RuleHeader* header) {
  const uint8_t flags = entry[family.flags];
  const uint8_t inverse = entry[family.inverseFlags];
  header->source = readAddress(entry + family.source, entry + family.sourceMask, family,
                               (inverse & IPT_INV_SRCIP) != 0);
  header->destination = readAddress(entry + family.destination, entry + family.destinationMask,
                                    family, (inverse & IPT_INV_DSTIP) != 0);
  header->in = readInterface(entry + family.inInterface, entry + family.inInterfaceMask,
                             (inverse & IPT_INV_VIA_IN) != 0);
  header->out = readInterface(entry + family.outInterface, entry + family.outInterfaceMask,
                              (inverse & IPT_INV_VIA_OUT) != 0);
  const auto protocol = load<uint16_t>(entry + family.protocol);
  if (family.protocolFlag == 0 ? protocol != 0 : (flags & family.protocolFlag) != 0) {
    header->protocol =
        ProtocolMatch{static_cast<uint8_t>(protocol), (inverse & IPT_INV_PROTO) != 0};
  }
  if ((flags & family.fragmentFlag) != 0) header->fragment = (inverse & IPT_INV_FRAG) == 0;
  header->isGoto = (flags & family.gotoFlag) != 0;

  // Whatever was passed over above comes out different.
  uint8_t again[std::max(sizeof(ipt_entry), sizeof(ip6t_entry))] = {};
  const char* reason = nullptr;
  return writeHeader(*header, family, again, &reason) == 0 && samePackets(entry, again, family);
}

int writeHeader(const RuleHeader& header, const Family& family, uint8_t* entry,
                const char** reason) {
  if (const int error = checkHeader(header, family, reason)) return error;
  uint8_t& flags = entry[family.flags];
  uint8_t& inverse = entry[family.inverseFlags];
  if (header.source) {
    writeAddress(*header.source, entry + family.source, entry + family.sourceMask, family);
    if (header.source->inverted) inverse |= IPT_INV_SRCIP;
  }
  if (header.destination) {
    writeAddress(*header.destination, entry + family.destination, entry + family.destinationMask,
                 family);
    if (header.destination->inverted) inverse |= IPT_INV_DSTIP;
  }
  if (header.in) {
    writeInterface(*header.in, entry + family.inInterface, entry + family.inInterfaceMask);
    if (header.in->inverted) inverse |= IPT_INV_VIA_IN;
  }
  if (header.out) {
    writeInterface(*header.out, entry + family.outInterface, entry + family.outInterfaceMask);
    if (header.out->inverted) inverse |= IPT_INV_VIA_OUT;
  }
  if (header.protocol) {
    store<uint16_t>(entry + family.protocol, header.protocol->number);
    flags |= family.protocolFlag;
    if (header.protocol->inverted) inverse |= IPT_INV_PROTO;
  }
  if (header.fragment) {
    flags |= family.fragmentFlag;
    if (!*header.fragment) inverse |= IPT_INV_FRAG;
  }
  if (header.isGoto) flags |= family.gotoFlag;
  return 0;
}

}  // namespace lvs::xtables
