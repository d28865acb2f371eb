// Matches and targets in plain words. What isn't known here, or has a form that couldn't be written
// back the same, is an OpaqueExtension and keeps its bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "xtables/entry.h"

namespace lvs::xtables {

struct PortRange {
  uint16_t first = 0;
  uint16_t last = UINT16_MAX;
  bool operator==(const PortRange& other) const {
    return first == other.first && last == other.last;
  }
};

struct PortMatch {
  PortRange ports;
  bool inverted = false;
  bool operator==(const PortMatch& other) const {
    return ports == other.ports && inverted == other.inverted;
  }
};

// tcp revision 0; needs protocol 6.
struct TcpMatch {
  PortMatch source;
  PortMatch destination;
  uint8_t flagMask = 0;   // which TCP flags are looked at, and
  uint8_t flagValue = 0;  // which of them are set
  bool flagsInverted = false;
  uint8_t option = 0;  // number of a TCP option that is there; 0: not looked at
  bool optionInverted = false;
  bool operator==(const TcpMatch& other) const {
    return std::tie(source, destination, flagMask, flagValue, flagsInverted, option,
                    optionInverted) == std::tie(other.source, other.destination, other.flagMask,
                                                other.flagValue, other.flagsInverted, other.option,
                                                other.optionInverted);
  }
};

// udp revision 0; needs protocol 17.
struct UdpMatch {
  PortMatch source;
  PortMatch destination;
  bool operator==(const UdpMatch& other) const {
    return source == other.source && destination == other.destination;
  }
};

// multiport revision 1; needs tcp, udp, udplite, dccp or sctp. 15 slots; a range takes two.
struct MultiportMatch {
  enum class Side : uint8_t { kSource, kDestination, kEither };
  Side side = Side::kDestination;
  std::vector<PortRange> ports;
  bool inverted = false;
  bool operator==(const MultiportMatch& other) const {
    return std::tie(side, ports, inverted) == std::tie(other.side, other.ports, other.inverted);
  }
};

// comment revision 0: up to 255 bytes.
struct CommentMatch {
  std::string text;
  bool operator==(const CommentMatch& other) const { return text == other.text; }
};

// mark revision 1: (packet's mark & mask) == mark.
struct MarkMatch {
  uint32_t mark = 0;
  uint32_t mask = UINT32_MAX;
  bool inverted = false;
  bool operator==(const MarkMatch& other) const {
    return std::tie(mark, mask, inverted) == std::tie(other.mark, other.mask, other.inverted);
  }
};

struct OpaqueExtension {
  std::string name;
  uint8_t revision = 0;
  std::vector<uint8_t> data;  // from the kernel: with zeros up to the next 8 bytes
  bool operator==(const OpaqueExtension& other) const;  // whether or not those zeros are there
};

using Match =
    std::variant<TcpMatch, UdpMatch, MultiportMatch, CommentMatch, MarkMatch, OpaqueExtension>;

// No target: the packet is counted and goes on to the next rule.
struct NoTarget {
  bool operator==(const NoTarget& /*other*/) const { return true; }
};

// What ends a packet's way through the chain.
enum class Verdict : int32_t { kDrop = -1, kAccept = -2, kQueue = -4, kReturn = -5 };

// Jumps; a goto where the rule's header says so.
struct Jump {
  std::string chain;
  bool operator==(const Jump& other) const { return chain == other.chain; }
};

// REDIRECT revision 0, in both families; table nat only. Ports need tcp, udp, dccp or sctp.
struct Redirect {
  std::optional<PortRange> toPorts;
  bool random = false;
  bool operator==(const Redirect& other) const {
    return toPorts == other.toPorts && random == other.random;
  }
};

using Target = std::variant<NoTarget, Verdict, Jump, Redirect, OpaqueExtension>;

Match readMatch(const Extension& match);
// Appends the match. 0, or -EINVAL with a reason. `protocol` is the number that the rule demands,
// 0 for none.
int writeMatch(const Match& match, uint8_t protocol, std::vector<uint8_t>* entry,
               const char** reason);

// A target that is a kernel module's; the standard ones are the entry's business.
Target readModuleTarget(const Extension& target, const Family& family);
int writeRedirect(const Redirect& redirect, uint8_t protocol, const Family& family,
                  std::vector<uint8_t>* entry, const char** reason);
int writeOpaque(const OpaqueExtension& extension, std::vector<uint8_t>* entry, const char** reason);

}  // namespace lvs::xtables
