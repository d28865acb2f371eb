// Rules of nf_tables from bytes: those that we write, and those that no kernel sends.
#include "nat/nft_rule.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "check.h"
#include "netlink/message_reader.h"
#include "nftables/expression.h"

using namespace lvs;
using namespace lvs::nat;
using lvs::nftables::be32;
using lvs::nftables::ExpressionWriter;
using netlink::MessageWriter;

namespace {

constexpr size_t kHeaders = sizeof(nlmsghdr) + sizeof(nfgenmsg);

NftRule readBack(const uint8_t* message, size_t size) {
  return readNftRule(message + kHeaders, size - kHeaders, xtables::kIpv4);
}

// A rule of what is written into its list of expressions.
xtables::Rule ruleOf(const std::function<void(MessageWriter&)>& write) {
  MessageWriter writer;
  writer.begin(0, 0, 0);
  writer.zeros(sizeof(nfgenmsg));
  const size_t list = writer.openNest(NFTA_RULE_EXPRESSIONS);
  write(writer);
  writer.closeNest(list);
  writer.end();
  return readBack(writer.bytes().data(), writer.size()).rule;
}

void expression(
    MessageWriter& writer, const char* name, const std::function<void()>& writeData = [] {}) {
  const size_t element = writer.openNest(NFTA_LIST_ELEM);
  writer.text(NFTA_EXPR_NAME, name);
  const size_t data = writer.openNest(NFTA_EXPR_DATA);
  writeData();
  writer.closeNest(data);
  writer.closeNest(element);
}

void loadMark(MessageWriter& writer) {
  expression(writer, "meta", [&] {
    be32(writer, NFTA_META_KEY, NFT_META_MARK);
    be32(writer, NFTA_META_DREG, NFT_REG_1);
  });
}

void compareWith(MessageWriter& writer, const uint8_t* bytes, size_t size) {
  expression(writer, "cmp", [&] {
    be32(writer, NFTA_CMP_SREG, NFT_REG_1);
    const size_t data = writer.openNest(NFTA_CMP_DATA);
    if (size != 0) writer.attribute(NFTA_DATA_VALUE, bytes, size);
    writer.closeNest(data);
  });
}

int written(const xtables::Rule& rule, Dialect dialect, const char** reason) {
  nftables::Batch batch(1, 1);
  batch.begin(NFT_MSG_NEWRULE, 0, 2, 0);
  return writeNftRule(batch, rule, xtables::kIpv4, dialect, 0, reason);
}

}  // namespace

TEST(lies, "nf_tables: what cannot be understood makes a rule incomplete") {
  constexpr uint8_t kBytes[4] = {7, 0, 0, 0};
  const auto markedWith = [&](size_t size) {
    return ruleOf([&](MessageWriter& writer) {
      loadMark(writer);
      compareWith(writer, kBytes, size);
    });
  };
  CHECK(markedWith(4).complete && markedWith(4).matches.size() == 1);
  CHECK(!markedWith(2).complete && markedWith(2).matches.empty());
  CHECK(!markedWith(0).complete);
  // A verdict that isn't told.
  CHECK(!ruleOf([](MessageWriter& writer) {
           expression(writer, "immediate",
                      [&] { be32(writer, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT); });
         }).complete);
  // Ports of a register that holds none.
  const xtables::Rule redirect = ruleOf([](MessageWriter& writer) {
    expression(writer, "redir", [&] { be32(writer, NFTA_REDIR_REG_PROTO_MIN, NFT_REG_1); });
  });
  CHECK(!redirect.complete && std::holds_alternative<xtables::NoTarget>(redirect.target));
}

TEST(comesBack, "nf_tables: a rule of every word comes back from what is written") {
  xtables::Rule rule;
  rule.header.in = xtables::InterfaceMatch{"eth0"};
  rule.header.out = xtables::InterfaceMatch{"bond+", true};
  rule.header.protocol = xtables::ProtocolMatch{132};
  rule.header.source = xtables::AddressMatch{{10, 1}, {255, 255}, true};
  rule.matches = {
      xtables::MultiportMatch{xtables::MultiportMatch::Side::kDestination, {{80, 90}}, false},
      xtables::MarkMatch{1, 0xff, true}, xtables::CommentMatch{"said"}};
  rule.target = xtables::Redirect{xtables::PortRange{8080, 8090}, true};
  nftables::Batch batch(1, 1);
  const size_t start = batch.size();
  const char* reason = nullptr;
  batch.begin(NFT_MSG_NEWRULE, 0, 2, 0);
  CHECK_EQUAL(writeNftRule(batch, rule, xtables::kIpv4, Dialect::kNative, 0, &reason), 0);
  batch.end();
  const NftRule back = readBack(batch.bytes().data() + start, batch.size() - start);
  CHECK(back.own && back.rule.complete);
  CHECK(xtables::matches(back.rule, rule));
}

TEST(unwritten, "nf_tables: a rule that has no words there is refused, not written in part") {
  for (const Dialect dialect : {Dialect::kCompat, Dialect::kNative}) {
    xtables::Rule rule;
    const char* reason = "";
    rule.target = xtables::Verdict::kAccept;
    CHECK_EQUAL(written(rule, dialect, &reason), -EINVAL);
    CHECK_EQUAL(reason, "only rules that redirect are written");
    rule.target = xtables::Redirect{};
    CHECK_EQUAL(written(rule, dialect, &reason), 0);
  }
  xtables::Rule rule;
  const char* reason = "";
  rule.target = xtables::Redirect{};
  rule.matches = {xtables::OpaqueExtension{"foreign", 1, {}}};
  CHECK_EQUAL(written(rule, Dialect::kNative, &reason), -EINVAL);
  CHECK_EQUAL(reason, "a match of x_tables can't be used in a table of our own");
  rule.matches = {xtables::MultiportMatch{xtables::MultiportMatch::Side::kEither, {{1, 2}}, false}};
  CHECK_EQUAL(written(rule, Dialect::kNative, &reason), -EINVAL);
  CHECK_EQUAL(reason, "the ports of a rule are either source or destination");
}
