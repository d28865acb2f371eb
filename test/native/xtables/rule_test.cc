#include "xtables/rule.h"

#include <errno.h>

#include "check.h"
#include "samples.h"

using namespace samples;

static AddressMatch address(std::initializer_list<uint8_t> bytes, unsigned prefixLength) {
  AddressMatch match;
  std::copy(bytes.begin(), bytes.end(), match.address.begin());
  match.mask = prefixMask(prefixLength);
  return match;
}

// What comes back after building the rule and putting it into a table.
static Rule throughTable(const Rule& rule, const Family& family) {
  Table table = busyTable(family);
  const char* reason = nullptr;
  insertRule(&table, "PREROUTING", 1, built(rule, family), &reason);
  return readRule(table, findChain(table, "PREROUTING")->first + 1);
}

TEST(redirectBytes, "-d 10.0.0.1 -j REDIRECT is the 168 bytes that iptables makes") {
  Rule rule;
  rule.header.destination = address({10, 0, 0, 1}, 32);
  rule.target = Redirect{};
  const std::vector<uint8_t> entry = built(rule, kIpv4).bytes;
  std::vector<uint8_t> wanted(168);
  const uint8_t head[] = {0, 0, 0, 0, 10, 0, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255};
  std::copy(std::begin(head), std::end(head), wanted.begin());
  wanted[0x58] = 0x70;
  wanted[0x5a] = 0xa8;
  wanted[0x70] = 0x38;
  const std::string name = "REDIRECT";
  std::copy(name.begin(), name.end(), wanted.begin() + 0x72);
  wanted[0x90] = 1;
  CHECK(entry == wanted);
}

TEST(roundTrip, "everything a rule can say comes back, in both families") {
  for (const Family* family : {&kIpv4, &kIpv6}) {
    Rule rule;
    rule.header.source = address({10, 1, 0, 0}, 16);
    rule.header.source->inverted = true;
    rule.header.destination = address({10, 0, 0, 1}, 32);
    rule.header.in = InterfaceMatch{"eth+", true};
    rule.header.out = InterfaceMatch{"bond0.1234567ab", false};
    rule.header.protocol = ProtocolMatch{6};
    rule.header.isGoto = true;
    if (family == &kIpv4) rule.header.fragment = false;
    rule.matches = {TcpMatch{{{1, 2}, true}, {{80, 80}, false}, 0x17, 0x02, true, 5, true},
                    MultiportMatch{MultiportMatch::Side::kEither, {{1, 1}, {5, 9}, {7, 7}}, true},
                    CommentMatch{std::string(255, 'c')}, MarkMatch{1, 0xff, true},
                    OpaqueExtension{"foreign", 2, {1, 2, 3}}};
    rule.target = Jump{"three"};
    rule.counters = {5, 500};
    const Rule back = throughTable(rule, *family);
    CHECK(back.complete);
    CHECK(matches(rule, back));
    CHECK_EQUAL(back.counters.bytes, 500U);
    for (const Target& target :
         {Target(NoTarget{}), Target(Verdict::kReturn), Target(Redirect{PortRange{1, 2}, true}),
          Target(Redirect{}), Target(OpaqueExtension{"X", 1, {9}})}) {
      rule.header.isGoto = false;
      rule.target = target;
      CHECK(matches(rule, throughTable(rule, *family)));
    }
  }
}

TEST(unequal, "a rule that differs in one thing is another rule") {
  Rule rule;
  rule.header.source = address({10, 1, 0, 0}, 16);
  rule.header.in = InterfaceMatch{"eth0"};
  rule.header.protocol = ProtocolMatch{17};
  rule.matches = {UdpMatch{{}, {{53, 53}}}, CommentMatch{"x"}};
  rule.target = Redirect{PortRange{53, 54}, false};
  std::vector<Rule> others(10, rule);
  others[0].header.source->inverted = true;
  others[1].header.source->mask = prefixMask(17);
  others[2].header.in->name = "eth+";
  others[3].header.protocol->inverted = true;
  others[4].matches = {CommentMatch{"x"}, UdpMatch{{}, {{53, 53}}}};
  others[5].matches[1] = CommentMatch{"y"};
  others[6].target = Redirect{PortRange{53, 54}, true};
  others[7].target = NoTarget{};
  others[8].header.destination = address({}, 32);
  others[9].complete = false;
  for (const Rule& other : others) CHECK(!matches(rule, other));
  Rule same = rule;
  same.header.source->address[3] = 77;  // beyond the mask
  same.header.destination = address({}, 0);
  same.header.out = InterfaceMatch{"+"};
  same.counters.packets = 1;
  CHECK(matches(rule, same));
}

TEST(refusedRules, "rules that the kernel would take as something else are refused") {
  const auto refused = [](const Rule& rule, const Family& family) {
    DetachedEntry entry;
    const char* reason = nullptr;
    return buildRule(rule, family, &entry, &reason) == -EINVAL && reason != nullptr;
  };
  Rule rule;
  rule.matches = {TcpMatch{}};
  CHECK(refused(rule, kIpv4));
  rule.header.protocol = ProtocolMatch{6, true};
  CHECK(refused(rule, kIpv4));
  rule = Rule();
  rule.matches = {MultiportMatch{{}, {{80, 80}}, false}};
  CHECK(refused(rule, kIpv4));
  rule = Rule();
  rule.target = Redirect{PortRange{80, 80}, false};
  CHECK(refused(rule, kIpv6));
  rule.header.protocol = ProtocolMatch{6};
  rule.target = Redirect{PortRange{81, 80}, false};
  CHECK(refused(rule, kIpv6));
  rule.target = Redirect{};
  rule.matches = {TcpMatch{{}, {{81, 80}}}};
  CHECK(refused(rule, kIpv6));
  rule.matches = {MultiportMatch{}};
  CHECK(refused(rule, kIpv6));
  rule.matches = {MultiportMatch{{}, std::vector<PortRange>(8, PortRange{1, 2}), false}};
  CHECK(refused(rule, kIpv6));
  rule.matches = {CommentMatch{std::string(256, 'x')}};
  CHECK(refused(rule, kIpv6));
  rule.matches = {OpaqueExtension{"", 0, {}}};
  CHECK(refused(rule, kIpv6));
  rule.matches.clear();
  for (const char* name : {"", "a/b", "a b", "sixteen-letters-"}) {
    rule.header.in = InterfaceMatch{name};
    CHECK(refused(rule, kIpv6));
  }
  rule.header.in.reset();
  rule.header.fragment = true;
  CHECK(refused(rule, kIpv6));
  CHECK(!refused(rule, kIpv4));
  rule.header.isGoto = true;
  CHECK(refused(rule, kIpv4));
  rule = Rule();
  rule.header.protocol = ProtocolMatch{0};
  CHECK(refused(rule, kIpv4));
  CHECK(!refused(rule, kIpv6));
}

TEST(incomplete, "a header with what has no word here reads as incomplete and isn't built") {
  for (const Family* family : {&kIpv4, &kIpv6}) {
    Rule plain;
    plain.header.in = InterfaceMatch{"eth0"};
    const auto damaged = [&](size_t place, uint8_t value) {
      DetachedEntry entry = built(plain, *family);
      entry.bytes[place] = value;
      Table table = busyTable(*family);
      const char* reason = nullptr;
      if (insertRule(&table, "OUTPUT", 0, entry, &reason) != 0) return false;
      const Rule rule = readRule(table, findChain(table, "OUTPUT")->first);
      DetachedEntry again;
      return !rule.complete && !matches(rule, rule) &&
             buildRule(rule, *family, &again, &reason) == -EINVAL;
    };
    CHECK(damaged(family->inInterfaceMask + 9U, 0xff));  // a hole in the mask
    CHECK(damaged(family->inInterfaceMask, 0x0f));
    CHECK(damaged(family->inverseFlags, 0x80));
    CHECK(damaged(family->inverseFlags, 0x40));  // inverts a protocol that isn't there
    CHECK(damaged(family->flags, 0x80));
    CHECK(damaged(family->protocol + 1U, 1));
    CHECK(damaged(family->source, 1));               // an address bit under a mask of zero
    CHECK(!damaged(family->inInterface + 9U, 'x'));  // behind the mask: means nothing
  }
}

TEST(oddExtensions, "a known match in a form that couldn't be written back stays opaque") {
  const auto opaque = [](const char* name, uint8_t revision, const std::vector<uint8_t>& data) {
    const Extension extension = {name, revision, data.data(), data.size()};
    return std::holds_alternative<OpaqueExtension>(readMatch(extension));
  };
  std::vector<uint8_t> tcp(16);
  CHECK(!opaque("tcp", 0, tcp));
  CHECK(opaque("tcp", 1, tcp));
  tcp[11] = 0x10;
  CHECK(opaque("tcp", 0, tcp));
  CHECK(opaque("tcp", 0, std::vector<uint8_t>(8)));
  CHECK(opaque("udp", 0, {9, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  CHECK(opaque("comment", 0, std::vector<uint8_t>(256, 'x')));
  std::vector<uint8_t> multiport(48);
  CHECK(opaque("multiport", 1, multiport));  // no ports
  multiport[1] = 1;
  CHECK(!opaque("multiport", 1, multiport));
  multiport[32] = 1;  // a range without an end
  CHECK(opaque("multiport", 1, multiport));
  multiport[1] = 200;
  CHECK(opaque("multiport", 1, multiport));
}

TEST(prefixes, "prefixes from and to masks") {
  for (unsigned length = 0; length <= 128; ++length) {
    AddressMatch match;
    match.mask = prefixMask(length);
    CHECK_EQUAL(prefixLengthOf(match, kIpv6), static_cast<int>(length));
    CHECK_EQUAL(prefixLengthOf(match, kIpv4), static_cast<int>(length < 32 ? length : 32));
  }
  AddressMatch match;
  match.mask[1] = 255;
  CHECK_EQUAL(prefixLengthOf(match, kIpv4), -1);
}
