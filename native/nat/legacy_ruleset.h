// The nat rules of legacy ip_tables and ip6_tables.
#pragma once

#include "nat/ruleset.h"
#include "records/backend.h"
#include "xtables/commit.h"
#include "xtables/edit.h"
#include "xtables/lock.h"

namespace lvs::nat {

// Raw sockets, opened when first needed and kept.
class LegacySockets {
 public:
  ~LegacySockets();
  // A descriptor or a negative errno.
  int of(const xtables::Family& family);

 private:
  int ipv4_ = -1;
  int ipv6_ = -1;
};

// Whether the kernel has the family's legacy x_tables loaded. Leaves no trace.
bool legacyLoaded(const xtables::Family& family);
// Has the kernel load the family's module, if it can. Creates no table.
void loadLegacyModule(int socket, const xtables::Family& family);
// As xtables::load(), which loads no module.
int loadLegacyTable(int socket, const xtables::Family& family, std::string_view name,
                    xtables::Table* table, Detail* detail);

// Gives up waiting for the lock when nobody waits for the answer any more.
struct LockWaiter {
  Host& host;
  uint32_t id;  // 0: of no single request, so only until the handle goes
  void listen(xtables::Lock::Options* options) {
    options->context = this;
    options->cancelled = [](void* context) {
      const auto* waiter = static_cast<LockWaiter*>(context);
      return waiter->host.cancelled(waiter->id);
    };
  }
};

class LegacyRuleset : public Ruleset {
 public:
  LegacyRuleset(LegacySockets& sockets, const xtables::Family& family,
                const xtables::Lock::Options& lock)
      : sockets_(sockets), family_(family), lockOptions_(lock) {}

  int load(Access access, Detail* detail) override;
  const RuleList& rules() const override { return rules_; }
  std::vector<ChainInfo> chains() const override;
  // Tells the table that was loaded from others, counters aside; 0: there is none.
  uint64_t fingerprint() const;
  int insert(const std::string& chain, uint32_t position, const DigestedRule& rule, size_t owner,
             Detail* detail) override;
  int remove(RuleIndex index, size_t owner) override;
  int zero(size_t owner) override;
  int flush(size_t owner) override;
  int commit(bool keep, std::vector<nftables::Refusal>* refusals, Detail* detail) override;

 private:
  int readTable(Detail* detail);
  int checkSupported(const xtables::DetachedEntry& entry, Detail* detail) const;

  LegacySockets& sockets_;
  const xtables::Family& family_;
  xtables::Lock::Options lockOptions_;
  xtables::Lock lock_;
  int socket_ = -1;
  bool trial_ = false;
  bool loaded_ = false;  // false: the table does not exist in the namespace, and stays so
  xtables::Table table_;
  RuleList rules_;
};

}  // namespace lvs::nat
