#include "xtables/digest.h"

#include "records/record.h"

namespace lvs::xtables {
namespace {

class Digest {
 public:
  uint64_t value() const { return value_; }

  void add(uint64_t word) {
    value_ = (value_ ^ word) * 0x9e3779b97f4a7c15;
    value_ ^= value_ >> 32;
  }

  void add(std::string_view text) {
    add(text.size());
    for (const char byte : text) add(static_cast<uint64_t>(byte));
  }

  // Saying nothing is the same as a mask of zero.
  void add(const std::optional<AddressMatch>& match) {
    const AddressMatch address = match.value_or(AddressMatch());
    uint64_t words[4] = {};
    memcpy(words, address.address.data(), sizeof(Address));
    memcpy(words + 2, address.mask.data(), sizeof(Address));
    add(words[0] & words[2]);
    add(words[1] & words[3]);
    add(words[2]);
    add(words[3] + (address.inverted ? 1 : 0));
  }

  // Saying nothing is the same as a `+`.
  void add(const std::optional<InterfaceMatch>& match) {
    if (!match || match->name == "+") return;
    add(match->name);
  }

  void add(const PortMatch& match) { add(uint64_t{match.ports.first} << 16 | match.ports.last); }

  void operator()(const TcpMatch& tcp) {
    add(tcp.source);
    add(tcp.destination);
  }
  void operator()(const UdpMatch& udp) {
    add(udp.source);
    add(udp.destination);
  }
  void operator()(const MultiportMatch& multiport) {
    for (const PortRange& range : multiport.ports) add(PortMatch{range, false});
  }
  void operator()(const CommentMatch& comment) { add(comment.text); }
  void operator()(const MarkMatch& mark) { add(uint64_t{mark.mark} << 32 | mark.mask); }
  void operator()(const OpaqueExtension& other) { add(other.name); }

 private:
  uint64_t value_ = 0;
};

}  // namespace

uint64_t digestOf(const Rule& rule) {
  Digest digest;
  digest.add(rule.header.source);
  digest.add(rule.header.destination);
  digest.add(rule.header.in);
  digest.add(rule.header.out);
  if (rule.header.protocol) digest.add(uint64_t{rule.header.protocol->number});
  for (const Match& match : rule.matches) std::visit(digest, match);
  return digest.value();
}

}  // namespace lvs::xtables
