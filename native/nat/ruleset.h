// The nat rules of one address family, read, edited in memory and written in one step: the same for
// each way in which a kernel holds them.
#pragma once

#include <string>
#include <vector>

#include "nat/rule_list.h"
#include "nftables/batch.h"

namespace lvs::nat {

// What is told of a failure besides its number.
struct Detail {
  const char* reason = nullptr;  // ours
  std::string kernelMessage;
  const char* field = nullptr;
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

  // 0 or a negative errno.
  virtual int load(Access access, Detail* detail) = 0;
  virtual const RuleList& rules() const = 0;
  virtual std::vector<ChainInfo> chains() const = 0;

  // Edits in memory. `owner` is whom a refusal of the kernel's will name. `index` is that of
  // rules(), which changes with every edit.
  virtual int insert(const std::string& chain, uint32_t position, const DigestedRule& rule,
                     size_t owner, Detail* detail) = 0;
  virtual int remove(RuleIndex index, size_t owner) = 0;
  // The counters of all rules and policies.
  virtual int zero(size_t owner) = 0;
  virtual int flush(size_t owner) = 0;

  // Whether further edits had better wait until these have been handed over.
  virtual bool full() const { return false; }

  // Hands the edits to the kernel; without `keep` it only checks them, as far as it can.
  // 0; -EAGAIN, somebody else was faster: load again; -ECANCELED, some edits were refused and
  // nothing was done: see `refusals`; other errors are those of the whole.
  virtual int commit(bool keep, std::vector<nftables::Refusal>* refusals, Detail* detail) = 0;
};

}  // namespace lvs::nat
