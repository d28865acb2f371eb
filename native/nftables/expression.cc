#include "nftables/expression.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <cstring>
#include <string>

#include "nftables/batch.h"

namespace lvs::nftables {

ExpressionWriter::ExpressionWriter(netlink::MessageWriter& writer)
    : writer_(writer), list_(writer.openNest(NFTA_RULE_EXPRESSIONS)) {}

void ExpressionWriter::finish() { writer_.closeNest(list_); }

size_t ExpressionWriter::begin(const char* name) {
  const size_t element = writer_.openNest(NFTA_LIST_ELEM);
  writer_.text(NFTA_EXPR_NAME, name);
  data_ = writer_.openNest(NFTA_EXPR_DATA);
  return element;
}

void ExpressionWriter::end(size_t mark) {
  writer_.closeNest(data_);
  writer_.closeNest(mark);
}

void ExpressionWriter::data(uint16_t type, const void* bytes, size_t length) {
  const size_t mark = writer_.openNest(type);
  writer_.attribute(NFTA_DATA_VALUE, bytes, length);
  writer_.closeNest(mark);
}

void ExpressionWriter::payload(uint32_t base, uint32_t offset, uint32_t length) {
  const size_t mark = begin("payload");
  be32(writer_, NFTA_PAYLOAD_DREG, NFT_REG_1);
  be32(writer_, NFTA_PAYLOAD_BASE, base);
  be32(writer_, NFTA_PAYLOAD_OFFSET, offset);
  be32(writer_, NFTA_PAYLOAD_LEN, length);
  end(mark);
}

void ExpressionWriter::meta(uint32_t key) {
  const size_t mark = begin("meta");
  be32(writer_, NFTA_META_KEY, key);
  be32(writer_, NFTA_META_DREG, NFT_REG_1);
  end(mark);
}

void ExpressionWriter::bitwise(const uint8_t* mask, size_t length) {
  constexpr uint8_t kZeros[16] = {};
  const size_t mark = begin("bitwise");
  be32(writer_, NFTA_BITWISE_SREG, NFT_REG_1);
  be32(writer_, NFTA_BITWISE_DREG, NFT_REG_1);
  be32(writer_, NFTA_BITWISE_LEN, static_cast<uint32_t>(length));
  data(NFTA_BITWISE_MASK, mask, length);
  data(NFTA_BITWISE_XOR, kZeros, length);
  end(mark);
}

void ExpressionWriter::compare(bool equal, const void* bytes, size_t length) {
  const size_t mark = begin("cmp");
  be32(writer_, NFTA_CMP_SREG, NFT_REG_1);
  be32(writer_, NFTA_CMP_OP, equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
  data(NFTA_CMP_DATA, bytes, length);
  end(mark);
}

void ExpressionWriter::range(bool inside, const void* from, const void* to, size_t length) {
  const size_t mark = begin("range");
  be32(writer_, NFTA_RANGE_SREG, NFT_REG_1);
  be32(writer_, NFTA_RANGE_OP, inside ? NFT_RANGE_EQ : NFT_RANGE_NEQ);
  data(NFTA_RANGE_FROM_DATA, from, length);
  data(NFTA_RANGE_TO_DATA, to, length);
  end(mark);
}

void ExpressionWriter::lookup(uint32_t setId, bool inside) {
  const size_t mark = begin("lookup");
  writer_.text(NFTA_LOOKUP_SET, kAnonymousSet);
  be32(writer_, NFTA_LOOKUP_SET_ID, setId);
  be32(writer_, NFTA_LOOKUP_SREG, NFT_REG_1);
  if (!inside) be32(writer_, NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
  end(mark);
}

void ExpressionWriter::counter(uint64_t packets, uint64_t bytes) {
  const size_t mark = begin("counter");
  be64(writer_, NFTA_COUNTER_BYTES, bytes);
  be64(writer_, NFTA_COUNTER_PACKETS, packets);
  end(mark);
}

void ExpressionWriter::immediate(uint32_t destination, const void* bytes, size_t length) {
  const size_t mark = begin("immediate");
  be32(writer_, NFTA_IMMEDIATE_DREG, destination);
  data(NFTA_IMMEDIATE_DATA, bytes, length);
  end(mark);
}

void ExpressionWriter::extension(const char* kind, std::string_view name, uint8_t revision,
                                 const uint8_t* info, size_t size) {
  // A match's attributes have the same numbers.
  const size_t mark = begin(kind);
  writer_.text(NFTA_TARGET_NAME, std::string(name).c_str());
  be32(writer_, NFTA_TARGET_REV, revision);
  writer_.attribute(NFTA_TARGET_INFO, info, size);
  end(mark);
}

void ExpressionWriter::match(std::string_view name, uint8_t revision, const uint8_t* info,
                             size_t size) {
  extension("match", name, revision, info, size);
}

void ExpressionWriter::target(std::string_view name, uint8_t revision, const uint8_t* info,
                              size_t size) {
  extension("target", name, revision, info, size);
}

void ExpressionWriter::redirect(uint32_t firstPort, uint32_t lastPort, uint32_t flags) {
  const size_t mark = begin("redir");
  if (firstPort != 0) be32(writer_, NFTA_REDIR_REG_PROTO_MIN, firstPort);
  if (lastPort != 0) be32(writer_, NFTA_REDIR_REG_PROTO_MAX, lastPort);
  if (flags != 0) be32(writer_, NFTA_REDIR_FLAGS, flags);
  end(mark);
}

uint32_t Expression::number(uint16_t type) const {
  netlink::Attribute attribute;
  if (!netlink::findAttribute(data, size, type, &attribute) || attribute.size < 4) return 0;
  return ntohl(load<uint32_t>(attribute.data));
}

uint64_t Expression::counter(uint16_t type) const {
  netlink::Attribute attribute;
  if (!netlink::findAttribute(data, size, type, &attribute) || attribute.size < 8) return 0;
  return be64toh(load<uint64_t>(attribute.data));
}

std::string_view Expression::text(uint16_t type) const {
  netlink::Attribute attribute;
  if (!netlink::findAttribute(data, size, type, &attribute)) return {};
  const char* text = reinterpret_cast<const char*>(attribute.data);
  return {text, strnlen(text, attribute.size)};
}

netlink::Attribute Expression::value(uint16_t type) const {
  netlink::Attribute nest;
  netlink::Attribute value;
  if (!netlink::findAttribute(data, size, type, &nest) ||
      !netlink::findAttribute(nest.data, nest.size, NFTA_DATA_VALUE, &value)) {
    return {};
  }
  return value;
}

namespace {

Expression readElement(const netlink::Attribute& element) {
  Expression expression;
  netlink::AttributeReader parts(element.data, element.size);
  netlink::Attribute part;
  while (parts.next(&part)) {
    if (part.type == NFTA_EXPR_NAME) {
      const char* text = reinterpret_cast<const char*>(part.data);
      expression.name = {text, strnlen(text, part.size)};
    } else if (part.type == NFTA_EXPR_DATA) {
      expression.data = part.data;
      expression.size = part.size;
    }
  }
  return expression;
}

}  // namespace

bool ExpressionReader::next(Expression* expression) {
  netlink::Attribute element;
  if (!list_.next(&element)) return false;
  *expression = readElement(element);
  return true;
}

bool asksAnonymousSet(const uint8_t* list, size_t size) {
  ExpressionReader expressions(list, size);
  Expression expression;
  while (expressions.next(&expression)) {
    std::string_view set;
    if (expression.name == "lookup") set = expression.text(NFTA_LOOKUP_SET);
    if (expression.name == "objref") set = expression.text(NFTA_OBJREF_SET_NAME);
    if (set.substr(0, kAnonymous.size()) == kAnonymous) return true;
  }
  return false;
}

void writeZeroed(netlink::MessageWriter& writer, const uint8_t* list, size_t size) {
  ExpressionWriter expressions(writer);
  netlink::AttributeReader elements(list, size);
  netlink::Attribute element;
  while (elements.next(&element)) {
    if (readElement(element).name == "counter") {
      expressions.counter(0, 0);
    } else {
      writer.attribute(NFTA_LIST_ELEM | NLA_F_NESTED, element.data, element.size);
    }
  }
  expressions.finish();
}

}  // namespace lvs::nftables
