// Edits of the nat rules as callers ask for them, several in one transaction.
#pragma once

#include "nat/ruleset.h"

namespace lvs::nat {

enum class EditKind : uint8_t {
  kAdd,       // -EEXIST where the same rule is
  kEnsure,    // changes nothing where the same rule is
  kRemove,    // by rule or by handle; -ENOENT where none is
  kReplace,   // the rule that is the same as `other`, or at a position, or with a handle
  kFlush,     // all rules of the table
  kFlushOwn,  // those that carry our mark
  kZero,      // counters: of one rule, or of a chain or of all with their policies
  kValidate,  // an addition that is only checked
};

struct Edit {
  uint32_t id = 0;  // of the request
  EditKind kind = EditKind::kAdd;
  DigestedRule rule;
  DigestedRule other;
  std::string chain;
  uint32_t position = kLast;
  uint64_t handle = 0;
};

struct Outcome {
  int error = 0;
  Detail detail;
  bool changed = false;
  std::vector<TakenRule> removed;
};

// Does them in order, in one transaction or, where that would be too large, in several. What the
// kernel refuses is left out and the rest is done, so each edit fails alone. Outcomes are in the
// order of the edits.
std::vector<Outcome> runEdits(Ruleset& ruleset, const std::vector<Edit>& edits);

}  // namespace lvs::nat
