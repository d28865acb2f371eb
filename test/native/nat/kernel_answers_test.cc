// Answers of netfilter's that fail, or that no kernel gives.
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>

#include "../netlink/fake_kernel.h"
#include "check.h"
#include "conntrack/connections.h"
#include "nat/nft_ruleset.h"
#include "nftables/connection.h"
#include "nftables/expression.h"

using namespace lvs;
using netlink::Message;
using netlink::MessageWriter;
using netlink::netfilterType;

namespace {

using Answer = std::function<void(const Message&, MessageWriter&)>;

// The kernel answers each message with what is written to it.
void answerWith(const Answer& write) {
  fake::kernel() = {};
  fake::kernel().answer = [write](const Message& request) {
    MessageWriter writer;
    write(request, writer);
    return fake::datagram(writer);
  };
}

void row(const Message& request, MessageWriter& writer, const std::function<void()>& attributes) {
  writer.begin(request.header.nlmsg_type, NLM_F_MULTI, request.header.nlmsg_seq);
  writer.zeros(sizeof(nfgenmsg));
  attributes();
  writer.end();
}

void done(const Message& request, MessageWriter& writer) {
  writer.begin(NLMSG_DONE, NLM_F_MULTI, request.header.nlmsg_seq);
  writer.zeros(sizeof(int32_t));
  writer.end();
}

bool asksFor(const Message& request, uint8_t message) {
  return request.header.nlmsg_type == netfilterType(NFNL_SUBSYS_NFTABLES, message);
}

// A rule of our own table that carries our mark, but doesn't redirect.
void forgedRule(MessageWriter& writer) {
  constexpr uint8_t kData[] = {200, 4, 'l', 'v', 's', 0};
  writer.text(NFTA_RULE_TABLE, "lvs");
  writer.text(NFTA_RULE_CHAIN, "prerouting");
  nftables::be64(writer, NFTA_RULE_HANDLE, 5);
  nftables::ExpressionWriter(writer).finish();
  writer.attribute(NFTA_RULE_USERDATA, kData, sizeof kData);
}

}  // namespace

TEST(generation, "nf_tables: an answer that doesn't tell the generation is no answer") {
  const auto generation = [](const std::function<void(MessageWriter&)>& attributes) {
    answerWith([&](const Message& request, MessageWriter& writer) {
      row(request, writer, [&] { attributes(writer); });
    });
    nftables::Connection connection;
    uint32_t id = 0;
    const int error = connection.open();
    return error != 0 ? error : connection.generation(&id);
  };
  CHECK_EQUAL(generation([](MessageWriter& w) { nftables::be32(w, NFTA_GEN_ID, 1); }), 0);
  CHECK_EQUAL(generation([](MessageWriter&) {}), -EBADMSG);
  CHECK_EQUAL(generation([](MessageWriter& w) { w.value(NFTA_GEN_ID, uint8_t{1}); }), -EBADMSG);
}

TEST(forged, "nf_tables: a rule with our mark that we never write keeps its counters") {
  answerWith([](const Message& request, MessageWriter& writer) {
    if (asksFor(request, NFT_MSG_GETGEN)) {
      return row(request, writer, [&] { nftables::be32(writer, NFTA_GEN_ID, 1); });
    }
    if (asksFor(request, NFT_MSG_GETRULE)) row(request, writer, [&] { forgedRule(writer); });
    done(request, writer);
  });
  nftables::Connection connection;
  nat::Detail detail;
  nat::NftRuleset ruleset(connection, xtables::kIpv4, nat::Dialect::kNative, false);
  CHECK_EQUAL(ruleset.load(nat::Access::kWrite, &detail), 0);
  CHECK_EQUAL(ruleset.rules().all().size(), 1U);
  CHECK_EQUAL(ruleset.zero(0), -EINVAL);
  // Nothing of it is left in the transaction.
  std::vector<nftables::Refusal> refusals;
  const size_t sends = fake::kernel().sends;
  CHECK_EQUAL(ruleset.commit(true, &refusals, &detail), 0);
  CHECK_EQUAL(fake::kernel().sends, sends);
}

TEST(tracked, "tracked connections: one without an address is passed over") {
  size_t removals = 0;
  const auto dropped = [&](bool addressed) {
    answerWith([&removals, addressed](const Message& request, MessageWriter& writer) {
      if (request.header.nlmsg_type == netfilterType(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE)) {
        ++removals;
        writer.begin(NLMSG_ERROR, 0, request.header.nlmsg_seq);
        writer.zeros(sizeof(nlmsgerr));
        return writer.end();
      }
      row(request, writer, [&] {
        const size_t tuple = writer.openNest(CTA_TUPLE_ORIG);
        const size_t addresses = writer.openNest(CTA_TUPLE_IP);
        if (addressed) writer.value(CTA_IP_V4_DST, uint32_t{7});
        writer.closeNest(addresses);
        writer.openNest(CTA_TUPLE_PROTO);
        writer.closeNest(tuple);
      });
      done(request, writer);
    });
    netlink::NetfilterSocket socket;
    conntrack::Wanted wanted;
    wanted.family = AF_INET;
    uint32_t count = 0;
    return conntrack::drop(socket, wanted, &count) == 0 ? static_cast<int>(count) : -1;
  };
  CHECK_EQUAL(dropped(false), 0);
  CHECK_EQUAL(removals, 0U);
  CHECK_EQUAL(dropped(true), 1);
  CHECK_EQUAL(removals, 1U);
}
