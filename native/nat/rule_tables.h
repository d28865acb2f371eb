// The records in which rules cross to TypeScript: a rule's own, and one for each of its matches.
// Bytes that follow a record belong to it: an unknown target's or match's data, a comment's text, a
// multiport match's port pairs.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "records/field.h"

namespace lvs::nat {

enum class TargetWord : uint8_t {
  kNone,
  kAccept,
  kDrop,
  kQueue,
  kReturn,
  kJump,
  kGoto,
  kRedirect,
  kOther,
};
enum class MatchWord : uint8_t { kTcp, kUdp, kMultiport, kComment, kMark, kOther };

template <typename T>
constexpr uint32_t number(T word) {
  return static_cast<uint32_t>(word);
}

inline constexpr Choice kFamilyChoices[] = {{AF_INET, "ipv4"}, {AF_INET6, "ipv6"}};
inline constexpr Choice kTargetChoices[] = {
    {number(TargetWord::kNone), "none"},     {number(TargetWord::kAccept), "accept"},
    {number(TargetWord::kDrop), "drop"},     {number(TargetWord::kQueue), "queue"},
    {number(TargetWord::kReturn), "return"}, {number(TargetWord::kJump), "jump"},
    {number(TargetWord::kGoto), "goto"},     {number(TargetWord::kRedirect), "redirect"},
    {number(TargetWord::kOther), "other"},
};
inline constexpr Choice kMatchChoices[] = {
    {number(MatchWord::kTcp), "tcp"},
    {number(MatchWord::kUdp), "udp"},
    {number(MatchWord::kMultiport), "multiport"},
    {number(MatchWord::kComment), "comment"},
    {number(MatchWord::kMark), "mark"},
    {number(MatchWord::kOther), "other"},
};
inline constexpr Choice kSideChoices[] = {{0, "source"}, {1, "destination"}, {2, "either"}};
inline constexpr Choice kProtocolChoices[] = {
    {IPPROTO_ICMP, "icmp"},       {IPPROTO_TCP, "tcp"},       {IPPROTO_UDP, "udp"},
    {IPPROTO_DCCP, "dccp"},       {IPPROTO_GRE, "gre"},       {IPPROTO_ESP, "esp"},
    {IPPROTO_AH, "ah"},           {IPPROTO_ICMPV6, "icmpv6"}, {IPPROTO_SCTP, "sctp"},
    {IPPROTO_UDPLITE, "udplite"},
};

constexpr uint16_t kNameSize = 32;  // of tables, chains, matches and targets, with the zero

// What most rules say comes first: of a request's record only so much goes over as is set.
inline constexpr Field kRuleFields[] = {
    address("source", 0),
    address("sourceMask", 0),
    u8("sourceInverted", 0),
    address("destination", 0),
    address("destinationMask", 0),
    u8("destinationInverted", 0),
    u8("protocol", 0).named(kProtocolChoices),
    u8("protocolInverted", 0),
    u8("target", 0).named(kTargetChoices),
    u8("random", 0),
    u16("toPort", 0),
    u16("toPortEnd", 0),
    text("inInterface", 0, kDeviceSize),
    u8("inInverted", 0),
    text("outInterface", 0, kDeviceSize),
    u8("outInverted", 0),
    u8("fragment", 0),
    text("targetName", 0, kNameSize),  // the chain of a jump, or the name of an unknown target
    u8("targetRevision", 0),
    u64("packets", 0),
    u64("bytes", 0),
    text("chain", 0, kNameSize),
    u32("position", 0),  // counted from 0
    u64("handle", 0),    // nf_tables only
    u8("own", 0),        // made by this package, where that can be told
    u8("complete", 0),   // 0: says more than these records can
};
inline constexpr auto kRuleLayout = layOut(kRuleFields);
inline constexpr Table kRuleTable = tableOf("rule", kRuleLayout);

inline constexpr Field kMatchFields[] = {
    u8("kind", 0).named(kMatchChoices),
    u8("inverted", 0),
    u16("sourcePort", 0),
    u16("sourcePortEnd", 0),
    u8("sourceInverted", 0),
    u16("destinationPort", 0),
    u16("destinationPortEnd", 0),
    u8("destinationInverted", 0),
    u8("flagMask", 0),
    u8("flagValue", 0),
    u8("flagsInverted", 0),
    u8("option", 0),
    u8("optionInverted", 0),
    u8("side", 0).named(kSideChoices),
    u32("mark", 0),
    u32("mask", 0),
    text("name", 0, kNameSize),
    u8("revision", 0),
};
inline constexpr auto kMatchLayout = layOut(kMatchFields);
inline constexpr Table kMatchTable = tableOf("match", kMatchLayout);

// Every protocol that carries rules has these two first among its tables.
constexpr uint16_t kRuleTableIndex = 0;
constexpr uint16_t kMatchTableIndex = 1;

}  // namespace lvs::nat
