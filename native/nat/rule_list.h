// The rules of one table, chain by chain.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "xtables/rule.h"

namespace lvs::nat {

constexpr uint32_t kLast = UINT32_MAX;  // as a position: behind all others

// A rule and its digest; null where there is none. Edits and lists share them: rules are large.
struct DigestedRule {
  DigestedRule() = default;
  explicit DigestedRule(xtables::Rule given);

  std::shared_ptr<const xtables::Rule> rule;
  uint64_t digest = 0;
};

// A rule as it was found, or is to be.
struct FoundRule {
  DigestedRule what;
  uint64_t handle = 0;
  uint32_t id = 0;  // within the transaction that adds it
  bool own = false;
  // Where its attributes are among all that were read; none of a rule that is being added.
  size_t attributes = 0;
  size_t attributesSize = 0;

  const xtables::Rule& rule() const { return *what.rule; }
};

struct ChainOfRules {
  std::string name;
  std::vector<FoundRule> rules;
};

// Where a rule is: the chain's number, and the rule's in it, from 0.
struct RuleIndex {
  size_t chain = 0;
  size_t position = 0;
};

// A rule that was taken out, and where it had been.
struct TakenRule {
  FoundRule found;
  std::string chain;
  size_t position = 0;
};

class RuleList {
 public:
  void clear();
  // In the order in which they were named first.
  const std::vector<ChainOfRules>& chains() const { return chains_; }
  const FoundRule& at(RuleIndex index) const { return chains_[index.chain].rules[index.position]; }
  TakenRule taken(RuleIndex index) const;
  std::vector<TakenRule> all() const;
  // Of all rules.
  std::vector<RuleIndex> indexes() const;

  // The chain's number; it is made where there is none.
  size_t chain(std::string_view name);
  // How many rules the chain has; none where there is no such chain.
  size_t count(std::string_view chain) const;

  // The first rule of the chain that does the same. False: there is none.
  bool find(std::string_view chain, const DigestedRule& rule, RuleIndex* index) const;
  // The same, but one that carries our mark comes before those of others.
  bool findOwnFirst(std::string_view chain, const DigestedRule& rule, RuleIndex* index) const;
  bool findHandle(std::string_view chain, uint64_t handle, RuleIndex* index) const;

  // The position is one that the chain has, or its end.
  void insert(RuleIndex index, FoundRule rule);
  void append(std::string_view name, FoundRule rule);
  void erase(RuleIndex index);
  void zero(RuleIndex index);

 private:
  // Digests that rules have, or had: whether a rule is to be looked for at all.
  class Digests {
   public:
    void clear();
    void add(uint64_t digest);
    bool has(uint64_t digest) const;

   private:
    size_t slotOf(uint64_t digest) const;
    void grow();

    std::vector<uint64_t> slots_;  // 0: free
    size_t count_ = 0;
  };

  const ChainOfRules* known(std::string_view name, RuleIndex* index) const;

  std::vector<ChainOfRules> chains_;
  Digests digests_;
};

}  // namespace lvs::nat
