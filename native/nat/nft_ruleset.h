// The nat rules of nf_tables: those that iptables-nft sees, or those of our own table.
#pragma once

#include <memory>
#include <optional>

#include "nat/nft_rule.h"
#include "nat/ruleset.h"
#include "nftables/connection.h"

namespace lvs::nat {

// Which rules are kept in a table of that name, if any that concern us are.
std::optional<Dialect> dialectOf(std::string_view table);

// What iptables calls a chain: in our own table they are lower case, as nft's are.
std::string iptablesChainName(Dialect dialect, const std::string& chain);

class NftRuleset : public Ruleset {
 public:
  NftRuleset(nftables::Connection& connection, const xtables::Family& family, Dialect dialect,
             bool owned)
      : connection_(connection), family_(family), dialect_(dialect), owned_(owned) {}

  int load(Access access, Detail* detail) override;
  const RuleList& rules() const override { return rules_; }
  std::vector<ChainInfo> chains() const override;
  int insert(const std::string& chain, uint32_t position, const DigestedRule& rule, size_t owner,
             Detail* detail) override;
  int remove(RuleIndex index, size_t owner) override;
  int zero(size_t owner) override;
  int flush(size_t owner) override;
  bool full() const override;
  int commit(bool keep, std::vector<nftables::Refusal>* refusals, Detail* detail) override;

 private:
  struct Chain {
    std::string name;  // as the kernel has it
    bool base = false;
    uint32_t policy = 0;
    xtables::Counters counters;
  };
  const char* tableName() const;
  std::string chainName(const std::string& chain) const;
  std::string publicName(const std::string& chain) const {
    return iptablesChainName(dialect_, chain);
  }
  uint8_t nfFamily() const;
  int read();
  int readChains();
  int readRules();
  bool hasChain(const std::string& name) const;
  nftables::Batch& batch();
  void makeTable(size_t owner);
  void writeChainCounters();
  int zeroRule(RuleIndex index, size_t owner);
  void zeroPolicy(Chain* chain, size_t owner);
  bool hasOwnSet(const FoundRule& found) const;
  void writeZeroed(const FoundRule& found);
  void makeChain(const std::string& name, size_t owner);
  void refer(const FoundRule& rule, uint16_t byHandle, uint16_t byId);
  int writeNew(const std::string& chain, size_t position, const xtables::Rule& rule, size_t owner,
               Detail* detail);

  nftables::Connection& connection_;
  const xtables::Family& family_;
  Dialect dialect_;
  bool owned_;
  uint32_t generation_ = 0;
  uint32_t nextId_ = 1;
  bool tableWritten_ = false;
  std::vector<Chain> chains_;
  RuleList rules_;
  Bytes attributes_;  // of the rules that were read
  std::unique_ptr<nftables::Batch> batch_;
};

}  // namespace lvs::nat
