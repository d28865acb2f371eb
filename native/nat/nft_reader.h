// Walks the expressions of an nf_tables rule and puts an x_tables rule together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nftables/expression.h"
#include "xtables/rule.h"

namespace lvs::nat {

// What a register holds while a rule is walked.
struct NftRegister {
  enum class Source : uint8_t { kNothing, kPayload, kMeta, kImmediate };
  Source source = Source::kNothing;
  uint32_t base = 0;  // of a payload
  uint32_t offset = 0;
  uint32_t length = 0;
  uint32_t key = 0;  // of meta
  std::vector<uint8_t> mask;
  std::vector<uint8_t> value;  // of an immediate
};

class NftReader {
 public:
  NftReader(const xtables::Family& family, xtables::Rule* rule) : family_(family), rule_(*rule) {}

  void take(const nftables::Expression& expression);
  // Behind the last expression.
  void finish();

 private:
  // The first half of a range of ports.
  struct LowestPort {
    uint32_t offset = 0;
    uint16_t port = 0;
  };

  NftRegister* at(uint32_t number);
  void unknown() { rule_.complete = false; }
  void set(uint32_t number, NftRegister value);
  void bitwise(const nftables::Expression& expression);
  void bound(const NftRegister& from, uint32_t operation, const netlink::Attribute& data);
  void compare(const NftRegister& from, bool equal, const netlink::Attribute& data);
  void comparePayload(const NftRegister& from, bool equal, const netlink::Attribute& data);
  void compareMeta(const NftRegister& from, bool equal, const netlink::Attribute& data);
  bool takeAddress(const NftRegister& from, bool equal, const netlink::Attribute& data);
  void takeInterface(std::optional<xtables::InterfaceMatch>* into, bool equal,
                     const netlink::Attribute& data);
  void takePorts(const NftRegister& from, xtables::PortRange ports, bool equal);
  void range(const nftables::Expression& expression);
  void extension(const nftables::Expression& expression, bool target);
  void lookup(const nftables::Expression& expression);
  void immediate(const nftables::Expression& expression);
  void redirect(const nftables::Expression& expression);

  const xtables::Family& family_;
  xtables::Rule& rule_;
  NftRegister registers_[16];
  std::optional<LowestPort> lowest_;
};

}  // namespace lvs::nat
