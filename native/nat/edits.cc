#include "nat/edits.h"

#include <errno.h>

#include <algorithm>

namespace lvs::nat {
namespace {

constexpr int kMostAttempts = 100;  // at being faster than other writers

// Runs edits as one transaction, and as smaller ones where the kernel refuses some.
class Run {
 public:
  Run(Ruleset& ruleset, const std::vector<Edit>& edits, std::vector<Outcome>* outcomes)
      : ruleset_(ruleset), edits_(edits), outcomes_(*outcomes) {}

  void all(std::vector<size_t> todo);

 private:
  int attempt(const std::vector<size_t>& todo, Detail* detail, bool* loaded);
  bool dropRefused(std::vector<size_t>* todo);
  int apply(size_t owner, Outcome* outcome);
  int64_t find(const Edit& edit) const;
  int add(size_t owner, Outcome* outcome);
  int replace(size_t owner, Outcome* outcome);
  int flush(size_t owner, Outcome* outcome);
  int flushOwn(size_t owner, Outcome* outcome);
  int zero(size_t owner, Outcome* outcome);
  int take(size_t index, size_t owner, Outcome* outcome);

  Ruleset& ruleset_;
  const std::vector<Edit>& edits_;
  std::vector<Outcome>& outcomes_;
  std::vector<nftables::Refusal> refusals_;
};

void Run::all(std::vector<size_t> todo) {
  int error = 0;
  Detail detail;
  bool loaded = true;
  for (int lost = 0; lost < kMostAttempts && !todo.empty();) {
    detail = Detail();
    error = attempt(todo, &detail, &loaded);
    if (error == -ECANCELED && dropRefused(&todo)) continue;
    // A lock that isn't to be had is -EAGAIN too, and has been waited for.
    if (error != -EAGAIN || !loaded) break;
    ++lost;
  }
  if (error == 0 || todo.empty()) return;
  if (error != -EAGAIN && loaded && todo.size() > 1) {
    // Which of them the kernel refused isn't told, so each gets a transaction of its own.
    for (const size_t index : todo) all({index});
    return;
  }
  for (const size_t index : todo) {
    outcomes_[index] = Outcome();
    outcomes_[index].error = error;
    outcomes_[index].detail = detail;
  }
}

int Run::attempt(const std::vector<size_t>& todo, Detail* detail, bool* loaded) {
  refusals_.clear();
  const bool trial = edits_[todo.front()].kind == EditKind::kValidate;  // which is always alone
  const int error = ruleset_.load(trial ? Access::kTry : Access::kWrite, detail);
  *loaded = error == 0;
  if (error != 0) return error;
  for (const size_t index : todo) {
    Outcome outcome;
    outcome.error = apply(index, &outcome);
    outcomes_[index] = std::move(outcome);
  }
  return ruleset_.commit(!trial, &refusals_, detail);
}

// False when there are none. A refusal without a place in the message is what the table as a whole
// came to with that message (nft_table_validate in the kernel): whatever stands behind it in the
// transaction is refused as well, and may be all right without it.
bool Run::dropRefused(std::vector<size_t>* todo) {
  const size_t before = todo->size();
  bool wholeTable = false;
  for (const nftables::Refusal& refusal : refusals_) {
    if (!refusal.located && wholeTable) continue;
    wholeTable = wholeTable || !refusal.located;
    const auto found = std::find(todo->begin(), todo->end(), refusal.owner);
    if (found == todo->end()) continue;
    todo->erase(found);
    Outcome& outcome = outcomes_[refusal.owner];
    outcome = Outcome();
    outcome.error = refusal.error;
    outcome.detail.kernelMessage = refusal.kernelMessage;
    outcome.detail.field = refusal.field;
  }
  return todo->size() != before;
}

int Run::apply(size_t owner, Outcome* outcome) {
  switch (edits_[owner].kind) {
    case EditKind::kAdd:
    case EditKind::kEnsure:
    case EditKind::kValidate:
      return add(owner, outcome);
    case EditKind::kRemove: {
      const int64_t found = find(edits_[owner]);
      return found < 0 ? -ENOENT : take(static_cast<size_t>(found), owner, outcome);
    }
    case EditKind::kReplace:
      return replace(owner, outcome);
    case EditKind::kFlush:
      return flush(owner, outcome);
    case EditKind::kFlushOwn:
      return flushOwn(owner, outcome);
    case EditKind::kZero:
      return zero(owner, outcome);
  }
  return -EOPNOTSUPP;
}

// By handle, by position, or by what the rule does.
int64_t Run::find(const Edit& edit) const {
  const std::vector<FoundRule>& rules = ruleset_.rules();
  if (edit.hasOther) return findOwnFirst(rules, edit.chain, edit.other);
  if (edit.handle == 0 && edit.position == kLast) return findOwnFirst(rules, edit.chain, edit.rule);
  for (size_t i = 0; i < rules.size(); ++i) {
    const bool here =
        edit.handle != 0 ? rules[i].handle == edit.handle : rules[i].position == edit.position;
    if (rules[i].chain == edit.chain && here) return static_cast<int64_t>(i);
  }
  return -1;
}

int Run::add(size_t owner, Outcome* outcome) {
  const Edit& edit = edits_[owner];
  if (findRule(ruleset_.rules(), edit.chain, edit.rule) >= 0) {
    return edit.kind == EditKind::kEnsure ? 0 : -EEXIST;
  }
  outcome->changed = true;
  return ruleset_.insert(edit.chain, edit.position, edit.rule, owner, &outcome->detail);
}

int Run::replace(size_t owner, Outcome* outcome) {
  const Edit& edit = edits_[owner];
  const int64_t found = find(edit);
  if (found < 0) return -ENOENT;
  const int64_t twin = findRule(ruleset_.rules(), edit.chain, edit.rule);
  if (twin >= 0 && twin != found) return -EEXIST;
  const uint32_t position = ruleset_.rules()[static_cast<size_t>(found)].position;
  // Put in its place first: the old one stays should this fail.
  const int error = ruleset_.insert(edit.chain, position, edit.rule, owner, &outcome->detail);
  return error != 0 ? error : take(static_cast<size_t>(found) + 1, owner, outcome);
}

int Run::take(size_t index, size_t owner, Outcome* outcome) {
  outcome->removed.push_back(ruleset_.rules()[index]);
  outcome->changed = true;
  return ruleset_.remove(index, owner);
}

int Run::flush(size_t owner, Outcome* outcome) {
  outcome->removed = ruleset_.rules();
  outcome->changed = !outcome->removed.empty();
  return ruleset_.flush(owner);
}

int Run::flushOwn(size_t owner, Outcome* outcome) {
  for (size_t i = ruleset_.rules().size(); i-- > 0;) {
    if (!ruleset_.rules()[i].own) continue;
    if (const int error = take(i, owner, outcome)) return error;
  }
  std::reverse(outcome->removed.begin(), outcome->removed.end());
  return 0;
}

int Run::zero(size_t owner, Outcome* outcome) {
  const Edit& edit = edits_[owner];
  outcome->changed = true;
  if (!edit.hasRule && edit.handle == 0 && edit.position == kLast) {
    return ruleset_.zeroChain(edit.chain, owner);
  }
  const int64_t found = find(edit);
  return found < 0 ? -ENOENT : ruleset_.zero(static_cast<size_t>(found), owner);
}

}  // namespace

std::vector<Outcome> runEdits(Ruleset& ruleset, const std::vector<Edit>& edits) {
  std::vector<Outcome> outcomes(edits.size());
  std::vector<size_t> todo(edits.size());
  for (size_t i = 0; i < todo.size(); ++i) todo[i] = i;
  Run(ruleset, edits, &outcomes).all(std::move(todo));
  return outcomes;
}

}  // namespace lvs::nat
