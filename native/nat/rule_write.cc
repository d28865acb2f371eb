#include "nat/rule_record.h"
#include "nat/rule_tables.h"
#include "records/record.h"

namespace lvs::nat {
namespace {

using xtables::AddressMatch;
using xtables::CommentMatch;
using xtables::Family;
using xtables::Jump;
using xtables::MarkMatch;
using xtables::Match;
using xtables::MultiportMatch;
using xtables::NoTarget;
using xtables::OpaqueExtension;
using xtables::PortMatch;
using xtables::Redirect;
using xtables::Rule;
using xtables::RuleHeader;
using xtables::TcpMatch;
using xtables::UdpMatch;
using xtables::Verdict;

constexpr size_t ruleField(const char* name) { return fieldIndex(kRuleLayout, name); }
constexpr size_t matchField(const char* name) { return fieldIndex(kMatchLayout, name); }

// Fields of one record by name, worked out where the caller is compiled.
struct RuleOut : Record {
  using Record::Record;
  template <typename T>
  void put(size_t index, T value) {
    Record::put(kRuleTable, index, value);
  }
  void text(size_t index, std::string_view text) {
    putText(kRuleTable, index, text.data(), text.size());
  }
};

struct MatchOut : Record {
  using Record::Record;
  template <typename T>
  void put(size_t index, T value) {
    Record::put(kMatchTable, index, value);
  }
};

uint8_t bit(bool value) { return value ? 1 : 0; }

void putAddress(RuleOut& out, const AddressMatch& match, const Family& family, size_t address,
                size_t mask, size_t inverted) {
  out.putBytes(kRuleTable, address, match.address.data(), family.addressSize);
  out.putBytes(kRuleTable, mask, match.mask.data(), family.addressSize);
  out.put(inverted, bit(match.inverted));
}

void putHeader(RuleOut& out, const RuleHeader& header, const Family& family) {
  if (header.source) {
    putAddress(out, *header.source, family, ruleField("source"), ruleField("sourceMask"),
               ruleField("sourceInverted"));
  }
  if (header.destination) {
    putAddress(out, *header.destination, family, ruleField("destination"),
               ruleField("destinationMask"), ruleField("destinationInverted"));
  }
  if (header.in) {
    out.text(ruleField("inInterface"), header.in->name);
    out.put(ruleField("inInverted"), bit(header.in->inverted));
  }
  if (header.out) {
    out.text(ruleField("outInterface"), header.out->name);
    out.put(ruleField("outInverted"), bit(header.out->inverted));
  }
  if (header.protocol) {
    out.put(ruleField("protocol"), header.protocol->number);
    out.put(ruleField("protocolInverted"), bit(header.protocol->inverted));
  }
  if (header.fragment) out.put(ruleField("fragment"), bit(*header.fragment));
}

// Fills in the target's fields and returns the bytes that follow the record.
struct TargetOut {
  RuleOut& out;
  bool isGoto;

  const std::vector<uint8_t>* word(TargetWord word) const {
    out.put(ruleField("target"), static_cast<uint8_t>(word));
    return nullptr;
  }
  const std::vector<uint8_t>* operator()(const NoTarget& /*target*/) const {
    return word(TargetWord::kNone);
  }
  const std::vector<uint8_t>* operator()(const Verdict& verdict) const {
    switch (verdict) {
      case Verdict::kAccept:
        return word(TargetWord::kAccept);
      case Verdict::kDrop:
        return word(TargetWord::kDrop);
      case Verdict::kQueue:
        return word(TargetWord::kQueue);
      case Verdict::kReturn:
        break;
    }
    return word(TargetWord::kReturn);
  }
  const std::vector<uint8_t>* operator()(const Jump& jump) const {
    out.text(ruleField("targetName"), jump.chain);
    return word(isGoto ? TargetWord::kGoto : TargetWord::kJump);
  }
  const std::vector<uint8_t>* operator()(const Redirect& redirect) const {
    if (redirect.toPorts) {
      out.put(ruleField("toPort"), redirect.toPorts->first);
      out.put(ruleField("toPortEnd"), redirect.toPorts->last);
    }
    out.put(ruleField("random"), bit(redirect.random));
    return word(TargetWord::kRedirect);
  }
  const std::vector<uint8_t>* operator()(const OpaqueExtension& other) const {
    out.text(ruleField("targetName"), other.name);
    out.put(ruleField("targetRevision"), other.revision);
    word(TargetWord::kOther);
    return &other.data;
  }
};

void putPorts(MatchOut& out, const PortMatch& source, const PortMatch& destination) {
  out.put(matchField("sourcePort"), source.ports.first);
  out.put(matchField("sourcePortEnd"), source.ports.last);
  out.put(matchField("sourceInverted"), bit(source.inverted));
  out.put(matchField("destinationPort"), destination.ports.first);
  out.put(matchField("destinationPortEnd"), destination.ports.last);
  out.put(matchField("destinationInverted"), bit(destination.inverted));
}

// Fills in a match's fields and returns the bytes that follow the record.
struct MatchOutVisitor {
  MatchOut& out;

  void kind(MatchWord word) const { out.put(matchField("kind"), static_cast<uint8_t>(word)); }
  std::vector<uint8_t> operator()(const TcpMatch& tcp) const {
    kind(MatchWord::kTcp);
    putPorts(out, tcp.source, tcp.destination);
    out.put(matchField("flagMask"), tcp.flagMask);
    out.put(matchField("flagValue"), tcp.flagValue);
    out.put(matchField("flagsInverted"), bit(tcp.flagsInverted));
    out.put(matchField("option"), tcp.option);
    out.put(matchField("optionInverted"), bit(tcp.optionInverted));
    return {};
  }
  std::vector<uint8_t> operator()(const UdpMatch& udp) const {
    kind(MatchWord::kUdp);
    putPorts(out, udp.source, udp.destination);
    return {};
  }
  std::vector<uint8_t> operator()(const MultiportMatch& multiport) const {
    kind(MatchWord::kMultiport);
    out.put(matchField("side"), static_cast<uint8_t>(multiport.side));
    out.put(matchField("inverted"), bit(multiport.inverted));
    std::vector<uint8_t> bytes(multiport.ports.size() * 4);
    for (size_t i = 0; i < multiport.ports.size(); ++i) {
      store(bytes.data() + i * 4, multiport.ports[i].first);
      store(bytes.data() + i * 4 + 2, multiport.ports[i].last);
    }
    return bytes;
  }
  std::vector<uint8_t> operator()(const CommentMatch& comment) const {
    kind(MatchWord::kComment);
    return {comment.text.begin(), comment.text.end()};
  }
  std::vector<uint8_t> operator()(const MarkMatch& mark) const {
    kind(MatchWord::kMark);
    out.put(matchField("mark"), mark.mark);
    out.put(matchField("mask"), mark.mask);
    out.put(matchField("inverted"), bit(mark.inverted));
    return {};
  }
  std::vector<uint8_t> operator()(const OpaqueExtension& other) const {
    kind(MatchWord::kOther);
    out.putText(kMatchTable, matchField("name"), other.name.data(), other.name.size());
    out.put(matchField("revision"), other.revision);
    return other.data;
  }
};

}  // namespace

void writeRule(ResultWriter& results, const Rule& rule, const RulePlace& place,
               const Family& family) {
  RuleOut out(results.record(kRuleTableIndex, kRuleTable));
  out.text(ruleField("chain"), place.chain);
  out.put(ruleField("position"), place.position);
  if (place.handle != 0) out.put(ruleField("handle"), place.handle);
  out.put(ruleField("own"), bit(place.own));
  out.put(ruleField("complete"), bit(rule.complete));
  out.put(ruleField("packets"), rule.counters.packets);
  out.put(ruleField("bytes"), rule.counters.bytes);
  putHeader(out, rule.header, family);
  const std::vector<uint8_t>* data = std::visit(TargetOut{out, rule.header.isGoto}, rule.target);
  if (data != nullptr) results.bytes(0, data->data(), data->size());
  for (const Match& match : rule.matches) {
    MatchOut matchOut(results.record(kMatchTableIndex, kMatchTable));
    const std::vector<uint8_t> bytes = std::visit(MatchOutVisitor{matchOut}, match);
    if (!bytes.empty()) results.bytes(0, bytes.data(), bytes.size());
  }
}

}  // namespace lvs::nat
