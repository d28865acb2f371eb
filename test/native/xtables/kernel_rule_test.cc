// Rules between us and iptables, both ways.
#include <errno.h>

#include "check.h"
#include "oracle.h"
#include "samples.h"

using namespace oracle;
using samples::built;

namespace {

struct Sample {
  const char* table;
  const char* chain;
  const char* arguments;
};

constexpr Sample kBoth[] = {
    {"nat", "PREROUTING", "-j REDIRECT"},
    {"nat", "PREROUTING", "-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080"},
    {"nat", "PREROUTING",
     "-p udp -m udp --sport 1:1023 --dport 53 -j REDIRECT --to-ports 5300-5310"},
    {"nat", "PREROUTING", "-p tcp -m tcp ! --sport 9 ! --dport 80:90 -j REDIRECT --random"},
    {"nat", "OUTPUT", "-p sctp -j REDIRECT --to-ports 9 --random"},
    {"nat", "PREROUTING", "-i eth0 -j REDIRECT"},
    {"nat", "PREROUTING", "! -i eth+ -p tcp -j REDIRECT"},
    {"nat", "POSTROUTING", "! -o abcdefghijklmno -j ACCEPT"},
    {"nat", "POSTROUTING", "-o abcdefghijklmn+ -j RETURN"},
    {"filter", "INPUT", "-p tcp -m tcp --tcp-flags SYN,ACK,FIN SYN -j DROP"},
    {"filter", "INPUT", "-p tcp -m tcp ! --tcp-flags SYN,RST SYN --tcp-option 5 -j ACCEPT"},
    {"filter", "INPUT", "! -p udp -j DROP"},
    {"filter", "INPUT", "-p 123"},
    {"filter", "INPUT", ""},
    {"filter", "INPUT", "-m comment --comment \"two words, and a \\\" quote\" -j ACCEPT"},
    {"filter", "INPUT", "-p tcp -m multiport --dports 80,443,8000:8100 -j ACCEPT"},
    {"filter", "INPUT",
     "-p udp -m multiport ! --sports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15 -j DROP"},
    {"filter", "INPUT", "-p sctp -m multiport --ports 1:2 -j QUEUE"},
    {"filter", "INPUT", "-m mark --mark 0x1 -j ACCEPT"},
    {"filter", "INPUT", "-m mark ! --mark 0x10/0xf0 -m comment --comment x -j ACCEPT"},
    {"filter", "FORWARD", "-i a -o b -p tcp -m mark --mark 0x2 -m tcp --dport 1 -j later"},
    {"filter", "FORWARD", "-p tcp -g later"},
};
constexpr Sample kOnlyIpv4[] = {
    {"nat", "PREROUTING", "-d 10.0.0.1/32 -j REDIRECT"},
    {"nat", "PREROUTING", "! -s 10.1.0.0/16 ! -d 10.0.0.0/9 -j REDIRECT"},
    {"nat", "PREROUTING", "-s 10.0.0.1/255.0.255.255 -j REDIRECT"},
    {"filter", "INPUT", "-d 10.0.0.1/32 -f -j DROP"},
    {"filter", "INPUT", "! -f -j DROP"},
    {"filter", "INPUT", "! -d 0.0.0.0/0 -j DROP"},
};
constexpr Sample kOnlyIpv6[] = {
    {"nat", "PREROUTING", "-d 2001:db8::1/128 -j REDIRECT"},
    {"nat", "PREROUTING", "! -s 2001:db8::/33 ! -d fe80::/10 -p udp -j REDIRECT --to-ports 1"},
    {"filter", "INPUT", "-p ipv6-icmp -j ACCEPT"},
};

bool knows(const Rule& rule) {
  for (const Match& match : rule.matches) {
    if (std::holds_alternative<OpaqueExtension>(match)) return false;
  }
  return rule.complete && !std::holds_alternative<OpaqueExtension>(rule.target);
}

void checkSample(const Family& family, const Sample& sample) {
  clear(family);
  const std::string table = std::string("-t ") + sample.table;
  const std::string rule = std::string(" ") + sample.chain + " " + sample.arguments;
  CHECK(iptables(family, "-t filter -N later"));
  if (!iptables(family, table + " -A" + rule)) return check::failed(__FILE__, __LINE__, rule);
  const std::vector<std::string> theirs = save(family, sample.table);

  Session session(family);
  CHECK_EQUAL(session.load(sample.table), 0);
  const Chain& chain = *findChain(session.table, sample.chain);
  const Rule read = readRule(session.table, chain.first);
  if (!knows(read)) return check::failed(__FILE__, __LINE__, "not understood:" + rule);

  // Ours in its place: the same to iptables, and the same to us.
  DetachedEntry entry;
  CHECK_EQUAL(buildRule(read, family, &entry, &session.reason), 0);
  CHECK_EQUAL(replaceRule(&session.table, sample.chain, 0, entry, &session.reason), 0);
  CHECK_EQUAL(session.commit(), 0);
  CHECK_EQUAL(joined(save(family, sample.table)), joined(theirs));
  uint32_t position = 99;
  CHECK_EQUAL(session.load(sample.table), 0);
  CHECK_EQUAL(findRule(session.table, sample.chain, read, 0, &position), 0);
  CHECK_EQUAL(position, 0U);
  CHECK(iptables(family, table + " -C" + rule));
  if (!iptables(family, table + " -D" + rule)) return check::failed(__FILE__, __LINE__, rule);

  // And added to what is empty.
  CHECK_EQUAL(session.load(sample.table), 0);
  CHECK_EQUAL(insertRule(&session.table, sample.chain, kAppend, entry, &session.reason), 0);
  CHECK_EQUAL(session.commit(), 0);
  CHECK_EQUAL(joined(save(family, sample.table)), joined(theirs));
}

}  // namespace

TEST(samplesIpv4, "kernel: IPv4 rules of iptables are read, written back and found by -C and -D") {
  for (const Sample& sample : kBoth) checkSample(kIpv4, sample);
  for (const Sample& sample : kOnlyIpv4) checkSample(kIpv4, sample);
}

TEST(samplesIpv6, "kernel: IPv6 rules of ip6tables are read, written back and found by -C and -D") {
  for (const Sample& sample : kBoth) checkSample(kIpv6, sample);
  for (const Sample& sample : kOnlyIpv6) checkSample(kIpv6, sample);
}

TEST(redirectText, "kernel: our REDIRECT prints as iptables' own and is deleted by it") {
  clear(kIpv4);
  Rule rule;
  rule.header.destination = AddressMatch{{10, 0, 0, 1}, prefixMask(32), false};
  rule.target = Redirect{};
  Session session(kIpv4);
  CHECK_EQUAL(session.load("nat"), 0);
  CHECK_EQUAL(
      insertRule(&session.table, "PREROUTING", kAppend, built(rule, kIpv4), &session.reason), 0);
  CHECK_EQUAL(session.commit(), 0);
  const std::vector<std::string> ours = save(kIpv4, "nat", true);
  CHECK(iptables(kIpv4, "-t nat -C PREROUTING -d 10.0.0.1 -j REDIRECT"));
  CHECK(iptables(kIpv4, "-t nat -D PREROUTING -d 10.0.0.1 -j REDIRECT"));
  CHECK(!iptables(kIpv4, "-t nat -C PREROUTING -d 10.0.0.1 -j REDIRECT"));
  CHECK(iptables(kIpv4, "-t nat -A PREROUTING -d 10.0.0.1 -j REDIRECT"));
  CHECK_EQUAL(joined(save(kIpv4, "nat", true)), joined(ours));
}

TEST(opaqueKept, "kernel: matches and targets that have no word here are built back from bytes") {
  for (const Family* family : {&kIpv4, &kIpv6}) {
    clear(*family);
    const bool v4 = family == &kIpv4;
    for (const std::string& arguments :
         {std::string(
              "-m conntrack --ctstate RELATED,ESTABLISHED -m limit --limit 3/min -j ACCEPT"),
          std::string("-p tcp -m addrtype --dst-type LOCAL -m length --length 1:99 -j REJECT"),
          std::string(v4 ? "-p icmp -m icmp --icmp-type 8 -j DROP"
                         : "-p ipv6-icmp -m icmp6 --icmpv6-type 128 -j DROP")}) {
      CHECK(iptables(*family, "-A INPUT " + arguments));
      const std::string theirs = joined(save(*family, "filter"));
      Session session(*family);
      CHECK_EQUAL(session.load("filter"), 0);
      const Rule read = readRule(session.table, 0);
      CHECK(!knows(read));
      CHECK_EQUAL(replaceRule(&session.table, "INPUT", 0, built(read, *family), &session.reason),
                  0);
      CHECK_EQUAL(session.commit(), 0);
      CHECK_EQUAL(joined(save(*family, "filter")), theirs);
      CHECK(iptables(*family, "-D INPUT " + arguments));
    }
  }
}

TEST(refusedByKernel, "kernel: what the kernel refuses comes back as an error with its reason") {
  clear(kIpv4);
  const std::string before = joined(save(kIpv4, "filter"));
  const auto refused = [](const char* chain, const Rule& rule, const char* why) -> int {
    Session session(kIpv4);
    session.load("filter");
    newChain(&session.table, "loop");
    insertRule(&session.table, chain, 0, built(rule, kIpv4), &session.reason);
    if (std::string_view(chain) == "loop") {
      insertRule(&session.table, "INPUT", 0, built(samples::jumping("x", "loop"), kIpv4),
                 &session.reason);
    }
    const int result = session.commit();
    return session.reason != nullptr && std::string_view(session.reason).find(why) == 0 ? result
                                                                                        : 1;
  };
  Rule unknown;
  unknown.matches = {OpaqueExtension{"no-such-match", 0, {}}};
  CHECK_EQUAL(refused("INPUT", unknown, "the kernel lacks"), -ENOENT);
  Rule revision;
  revision.matches = {OpaqueExtension{"mark", 77, std::vector<uint8_t>(16)}};
  CHECK_EQUAL(refused("INPUT", revision, "the kernel has a match or a target of"), -EPROTOTYPE);
  CHECK_EQUAL(refused("loop", samples::jumping("x", "loop"), "the chains call"), -ELOOP);
  Rule redirect;
  redirect.target = Redirect{};
  CHECK_EQUAL(refused("INPUT", redirect, "the kernel refused"), -EINVAL);
  CHECK_EQUAL(joined(save(kIpv4, "filter")), before);
}
