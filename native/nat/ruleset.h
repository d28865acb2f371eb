// The nat rules of one address family, read, edited in memory and written in one step: the same for
// each way in which a kernel holds them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "nftables/batch.h"
#include "xtables/rule.h"

namespace lvs::nat {

// What is told of a failure besides its number.
struct Detail {
  const char* reason = nullptr;  // ours
  std::string kernelMessage;
  const char* field = nullptr;
};

// A rule as it was found.
struct FoundRule {
  xtables::Rule rule;
  std::string chain;
  uint32_t position = 0;  // in its chain, from 0
  uint64_t handle = 0;
  bool own = false;
};

struct ChainInfo {
  std::string name;
  std::string policy;  // empty: a user chain
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint32_t references = 0;  // rules that lead to it, where that is told
};

// What rules are read for.
enum class Access : uint8_t {
  kRead,
  kWrite,  // nobody who plays by the rules changes them until the ruleset goes
  kTry,    // to see what an edit would come to; nothing is made that isn't there
};

class Ruleset {
 public:
  virtual ~Ruleset() = default;

  virtual const xtables::Family& family() const = 0;
  // 0 or a negative errno.
  virtual int load(Access access, Detail* detail) = 0;
  // In the order of the chains, then of the rules.
  virtual const std::vector<FoundRule>& rules() const = 0;
  virtual std::vector<ChainInfo> chains() const = 0;

  // Edits in memory. `owner` is whom a refusal of the kernel's will name. `index` is that of
  // rules(), which changes with every edit.
  virtual int insert(const std::string& chain, uint32_t position, const xtables::Rule& rule,
                     size_t owner, Detail* detail) = 0;
  virtual int remove(size_t index, size_t owner) = 0;
  virtual int zero(size_t index, size_t owner) = 0;
  // The counters of a chain's rules and of its policy; those of all chains where none is named.
  virtual int zeroChain(const std::string& chain, size_t owner) = 0;
  virtual int flush(size_t owner) = 0;

  // Hands the edits to the kernel; without `keep` it only checks them, as far as it can.
  // 0; -EAGAIN, somebody else was faster: load again; -ECANCELED, some edits were refused and
  // nothing was done: see `refusals`; other errors are those of the whole.
  virtual int commit(bool keep, std::vector<nftables::Refusal>* refusals, Detail* detail) = 0;
};

constexpr uint32_t kLast = UINT32_MAX;  // as a position: behind all others

// Index of the first rule of the chain that does the same, or -1.
inline int64_t findRule(const std::vector<FoundRule>& rules, std::string_view chain,
                        const xtables::Rule& rule) {
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].chain == chain && xtables::matches(rules[i].rule, rule)) {
      return static_cast<int64_t>(i);
    }
  }
  return -1;
}

// The same, but one that carries our mark comes before those of others.
inline int64_t findOwnFirst(const std::vector<FoundRule>& rules, std::string_view chain,
                            const xtables::Rule& rule) {
  const int64_t first = findRule(rules, chain, rule);
  for (size_t i = first < 0 ? rules.size() : static_cast<size_t>(first); i < rules.size(); ++i) {
    if (rules[i].own && rules[i].chain == chain && xtables::matches(rules[i].rule, rule)) {
      return static_cast<int64_t>(i);
    }
  }
  return first;
}

// Where a rule at that position of the chain is, or would be, in the list; -1: there is no such
// position.
int64_t placeOf(const std::vector<FoundRule>& rules, std::string_view chain, uint32_t position);

// Counts the positions anew after an edit.
void renumber(std::vector<FoundRule>* rules);

}  // namespace lvs::nat
