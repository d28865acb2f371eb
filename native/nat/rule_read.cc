#include <errno.h>

#include "nat/rule_record.h"
#include "nat/rule_tables.h"
#include "records/record.h"

namespace lvs::nat {
namespace {

using xtables::Address;
using xtables::AddressMatch;
using xtables::CommentMatch;
using xtables::InterfaceMatch;
using xtables::Jump;
using xtables::MarkMatch;
using xtables::Match;
using xtables::MultiportMatch;
using xtables::NoTarget;
using xtables::OpaqueExtension;
using xtables::PortMatch;
using xtables::PortRange;
using xtables::ProtocolMatch;
using xtables::Redirect;
using xtables::Rule;
using xtables::RuleHeader;
using xtables::TcpMatch;
using xtables::UdpMatch;
using xtables::Verdict;

constexpr size_t ruleField(const char* name) { return fieldIndex(kRuleLayout, name); }
constexpr size_t matchField(const char* name) { return fieldIndex(kMatchLayout, name); }

// Reading: a field that is absent counts as zero.
struct In : ConstRecord {
  In(const uint8_t* bytes, const Table& recordTable) : ConstRecord(bytes), table(recordTable) {}
  template <typename T>
  T number(size_t index) const {
    return get<T>(table.fields[index]);
  }
  bool flag(size_t index) const { return number<uint8_t>(index) != 0; }
  std::string text(size_t index) const {
    const Field& field = table.fields[index];
    return {reinterpret_cast<const char*>(at(field)), textLength(field)};
  }
  Address address(size_t index) const {
    Address address{};
    memcpy(address.data(), at(table.fields[index]) + 4, address.size());
    return address;
  }
  const Table& table;
};

std::optional<AddressMatch> readAddress(const In& in, size_t address, size_t mask,
                                        size_t inverted) {
  if (!in.has(address)) return std::nullopt;
  return AddressMatch{in.address(address), in.address(mask), in.flag(inverted)};
}

std::optional<InterfaceMatch> readInterface(const In& in, size_t name, size_t inverted) {
  if (!in.has(name)) return std::nullopt;
  return InterfaceMatch{in.text(name), in.flag(inverted)};
}

int readTarget(const In& in, Rule* rule) {
  const std::string name = in.text(ruleField("targetName"));
  switch (static_cast<TargetWord>(in.number<uint8_t>(ruleField("target")))) {
    case TargetWord::kNone:
      rule->target = NoTarget{};
      return 0;
    case TargetWord::kAccept:
      rule->target = Verdict::kAccept;
      return 0;
    case TargetWord::kDrop:
      rule->target = Verdict::kDrop;
      return 0;
    case TargetWord::kQueue:
      rule->target = Verdict::kQueue;
      return 0;
    case TargetWord::kReturn:
      rule->target = Verdict::kReturn;
      return 0;
    case TargetWord::kGoto:
      rule->header.isGoto = true;
      rule->target = Jump{name};
      return 0;
    case TargetWord::kJump:
      rule->target = Jump{name};
      return 0;
    case TargetWord::kRedirect: {
      Redirect redirect;
      if (in.has(ruleField("toPort"))) {
        redirect.toPorts = PortRange{in.number<uint16_t>(ruleField("toPort")),
                                     in.number<uint16_t>(ruleField("toPortEnd"))};
      }
      redirect.random = in.flag(ruleField("random"));
      rule->target = redirect;
      return 0;
    }
    case TargetWord::kOther:
      rule->target = OpaqueExtension{name, in.number<uint8_t>(ruleField("targetRevision")), {}};
      return 0;
  }
  return -EINVAL;
}

int readHead(const In& in, Rule* rule) {
  RuleHeader& header = rule->header;
  header.source =
      readAddress(in, ruleField("source"), ruleField("sourceMask"), ruleField("sourceInverted"));
  header.destination = readAddress(in, ruleField("destination"), ruleField("destinationMask"),
                                   ruleField("destinationInverted"));
  header.in = readInterface(in, ruleField("inInterface"), ruleField("inInverted"));
  header.out = readInterface(in, ruleField("outInterface"), ruleField("outInverted"));
  if (in.has(ruleField("protocol"))) {
    header.protocol = ProtocolMatch{in.number<uint8_t>(ruleField("protocol")),
                                    in.flag(ruleField("protocolInverted"))};
  }
  if (in.has(ruleField("fragment"))) header.fragment = in.flag(ruleField("fragment"));
  rule->counters = {in.number<uint64_t>(ruleField("packets")),
                    in.number<uint64_t>(ruleField("bytes"))};
  return readTarget(in, rule);
}

PortMatch readPorts(const In& in, size_t first, size_t last, size_t inverted) {
  return {{in.number<uint16_t>(first), in.number<uint16_t>(last)}, in.flag(inverted)};
}

int readMatchRecord(const In& in, Rule* rule) {
  const PortMatch source = readPorts(in, matchField("sourcePort"), matchField("sourcePortEnd"),
                                     matchField("sourceInverted"));
  const PortMatch destination =
      readPorts(in, matchField("destinationPort"), matchField("destinationPortEnd"),
                matchField("destinationInverted"));
  switch (static_cast<MatchWord>(in.number<uint8_t>(matchField("kind")))) {
    case MatchWord::kTcp:
      rule->matches.emplace_back(TcpMatch{
          source, destination, in.number<uint8_t>(matchField("flagMask")),
          in.number<uint8_t>(matchField("flagValue")), in.flag(matchField("flagsInverted")),
          in.number<uint8_t>(matchField("option")), in.flag(matchField("optionInverted"))});
      return 0;
    case MatchWord::kUdp:
      rule->matches.emplace_back(UdpMatch{source, destination});
      return 0;
    case MatchWord::kMultiport:
      rule->matches.emplace_back(
          MultiportMatch{static_cast<MultiportMatch::Side>(in.number<uint8_t>(matchField("side"))),
                         {},
                         in.flag(matchField("inverted"))});
      return 0;
    case MatchWord::kComment:
      rule->matches.emplace_back(CommentMatch{});
      return 0;
    case MatchWord::kMark:
      rule->matches.emplace_back(MarkMatch{in.number<uint32_t>(matchField("mark")),
                                           in.number<uint32_t>(matchField("mask")),
                                           in.flag(matchField("inverted"))});
      return 0;
    case MatchWord::kOther:
      rule->matches.emplace_back(OpaqueExtension{
          in.text(matchField("name")), in.number<uint8_t>(matchField("revision")), {}});
      return 0;
  }
  return -EINVAL;
}

// Bytes complete what the record before them began.
int takeBytes(const Block& block, Rule* rule) {
  const std::vector<uint8_t> bytes(block.body, block.body + block.header.size);
  if (rule->matches.empty()) {
    auto* target = std::get_if<OpaqueExtension>(&rule->target);
    if (target == nullptr) return -EINVAL;
    target->data = bytes;
    return 0;
  }
  Match& match = rule->matches.back();
  if (auto* comment = std::get_if<CommentMatch>(&match)) {
    comment->text.assign(bytes.begin(), bytes.end());
  } else if (auto* multiport = std::get_if<MultiportMatch>(&match)) {
    for (size_t at = 0; at + 4 <= bytes.size(); at += 4) {
      multiport->ports.push_back(
          {load<uint16_t>(bytes.data() + at), load<uint16_t>(bytes.data() + at + 2)});
    }
  } else if (auto* other = std::get_if<OpaqueExtension>(&match)) {
    other->data = bytes;
  } else {
    return -EINVAL;
  }
  return 0;
}

}  // namespace

int readRule(BlockReader* blocks, Rule* rule) {
  *rule = Rule();
  bool begun = false;
  Block block;
  for (BlockReader ahead = *blocks; ahead.next(&block); *blocks = ahead) {
    int error = 0;
    if (block.header.table == kRuleTableIndex) {
      if (begun) break;
      begun = true;
      uint8_t room[kRuleTable.size];
      const uint8_t* record = wholeRecord(block, kRuleTable, room);
      if (record == nullptr) return -EINVAL;
      error = readHead(In(record, kRuleTable), rule);
    } else if (begun && block.header.table == kMatchTableIndex) {
      if (block.header.size != kMatchTable.size) return -EINVAL;
      error = readMatchRecord(In(block.body, kMatchTable), rule);
    } else if (begun && block.header.table == kBytesBlock) {
      error = takeBytes(block, rule);
    }
    if (error != 0) return error;
  }
  return begun ? 0 : -EINVAL;
}

}  // namespace lvs::nat
