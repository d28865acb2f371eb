// The expressions that nf_tables rules are made of, written and read one by one.
#pragma once

#include <linux/netfilter/nf_tables.h>

#include <string_view>

#include "netlink/message_reader.h"
#include "netlink/message_writer.h"

namespace lvs::nftables {

// The name under which the kernel numbers anonymous sets, and what those of all programs begin
// with.
constexpr char kAnonymousSet[] = "__set%d";
constexpr std::string_view kAnonymous = "__";

// Writes the list of a rule's expressions. All values pass through register 1.
class ExpressionWriter {
 public:
  explicit ExpressionWriter(netlink::MessageWriter& writer);
  void finish();

  void payload(uint32_t base, uint32_t offset, uint32_t length);
  void meta(uint32_t key);
  void bitwise(const uint8_t* mask, size_t length);
  void compare(bool equal, const void* bytes, size_t length);
  void range(bool inside, const void* from, const void* to, size_t length);
  // Against an anonymous set that the same transaction makes.
  void lookup(uint32_t setId, bool inside);
  void counter(uint64_t packets, uint64_t bytes);
  void immediate(uint32_t destination, const void* bytes, size_t length);
  // Of x_tables, through nft_compat.
  void match(std::string_view name, uint8_t revision, const uint8_t* info, size_t size);
  void target(std::string_view name, uint8_t revision, const uint8_t* info, size_t size);
  // Registers of the first and the last port; 0: no port is given.
  void redirect(uint32_t firstPort, uint32_t lastPort, uint32_t flags);

 private:
  size_t begin(const char* name);
  void end(size_t mark);
  void data(uint16_t type, const void* bytes, size_t length);
  void extension(const char* kind, std::string_view name, uint8_t revision, const uint8_t* info,
                 size_t size);

  netlink::MessageWriter& writer_;
  size_t list_;
  size_t data_ = 0;
};

// One expression of a rule that was read: its name and attributes.
struct Expression {
  std::string_view name;
  const uint8_t* data = nullptr;
  size_t size = 0;

  // 0 where the attribute is missing.
  uint32_t number(uint16_t type) const;
  uint64_t counter(uint16_t type) const;
  std::string_view text(uint16_t type) const;
  // The bytes of a nested NFTA_DATA_VALUE; empty where there is none.
  netlink::Attribute value(uint16_t type) const;
};

// Walks NFTA_RULE_EXPRESSIONS.
class ExpressionReader {
 public:
  ExpressionReader(const uint8_t* at, size_t size) : list_(at, size) {}
  bool next(Expression* expression);

 private:
  netlink::AttributeReader list_;
};

// Whether one of a list of expressions asks a set of the rule's own, which the kernel lends to no
// other rule.
bool asksAnonymousSet(const uint8_t* list, size_t size);

// Writes a list of expressions as it was read, but with counters that begin at zero.
void writeZeroed(netlink::MessageWriter& writer, const uint8_t* list, size_t size);

}  // namespace lvs::nftables
