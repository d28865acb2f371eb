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
  int attempt(const std::vector<size_t>& todo, size_t* taken, Detail* detail, bool* loaded);
  void fail(const std::vector<size_t>& part, int error, const Detail& detail);
  bool dropRefused(std::vector<size_t>* todo);
  int apply(size_t owner, Outcome* outcome);
  bool find(const Edit& edit, RuleIndex* index) const;
  int add(size_t owner, Outcome* outcome);
  int replace(size_t owner, Outcome* outcome);
  int flush(size_t owner, Outcome* outcome);
  int flushOwn(size_t owner, Outcome* outcome);
  int take(RuleIndex index, size_t owner, Outcome* outcome);

  Ruleset& ruleset_;
  const std::vector<Edit>& edits_;
  std::vector<Outcome>& outcomes_;
  std::vector<nftables::Refusal> refusals_;
};

void Run::all(std::vector<size_t> todo) {
  Detail detail;
  for (int lost = 0; !todo.empty();) {
    detail = Detail();
    size_t taken = todo.size();
    bool loaded = true;
    const int error = attempt(todo, &taken, &detail, &loaded);
    if (error == -ECANCELED && dropRefused(&todo)) continue;
    // A lock that isn't to be had is -EAGAIN too, and has been waited for.
    if (error == -EAGAIN && loaded && ++lost < kMostAttempts) continue;
    const std::vector<size_t> part(todo.begin(), todo.begin() + static_cast<ptrdiff_t>(taken));
    todo.erase(todo.begin(), todo.begin() + static_cast<ptrdiff_t>(taken));
    lost = 0;
    if (error == 0) continue;
    if (error != -EAGAIN && loaded && part.size() > 1) {
      // Which of them the kernel refused isn't told, so each gets a transaction of its own.
      for (const size_t index : part) all({index});
    } else {
      fail(part, error, detail);
    }
  }
}

void Run::fail(const std::vector<size_t>& part, int error, const Detail& detail) {
  for (const size_t index : part) {
    outcomes_[index] = Outcome();
    outcomes_[index].error = error;
    outcomes_[index].detail = detail;
  }
}

// Does the first `taken` of them, which are all that one transaction has room for.
int Run::attempt(const std::vector<size_t>& todo, size_t* taken, Detail* detail, bool* loaded) {
  refusals_.clear();
  const bool trial = edits_[todo.front()].kind == EditKind::kValidate;  // which is always alone
  const int error = ruleset_.load(trial ? Access::kTry : Access::kWrite, detail);
  *loaded = error == 0;
  if (error != 0) return error;
  for (*taken = 0; *taken < todo.size() && !ruleset_.full(); ++*taken) {
    const size_t index = todo[*taken];
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
      RuleIndex found;
      return find(edits_[owner], &found) ? take(found, owner, outcome) : -ENOENT;
    }
    case EditKind::kReplace:
      return replace(owner, outcome);
    case EditKind::kFlush:
      return flush(owner, outcome);
    case EditKind::kFlushOwn:
      return flushOwn(owner, outcome);
    case EditKind::kZero:
      break;
  }
  outcome->changed = true;
  return ruleset_.zero(owner);
}

// By handle, or by what the rule does.
bool Run::find(const Edit& edit, RuleIndex* index) const {
  const RuleList& rules = ruleset_.rules();
  if (edit.other.rule) return rules.findOwnFirst(edit.chain, edit.other, index);
  if (edit.handle != 0) return rules.findHandle(edit.chain, edit.handle, index);
  return edit.rule.rule && rules.findOwnFirst(edit.chain, edit.rule, index);
}

int Run::add(size_t owner, Outcome* outcome) {
  const Edit& edit = edits_[owner];
  RuleIndex twin;
  if (!edit.rule.rule) return -EINVAL;
  if (ruleset_.rules().find(edit.chain, edit.rule, &twin)) {
    return edit.kind == EditKind::kEnsure ? 0 : -EEXIST;
  }
  outcome->changed = true;
  return ruleset_.insert(edit.chain, edit.position, edit.rule, owner, &outcome->detail);
}

int Run::replace(size_t owner, Outcome* outcome) {
  const Edit& edit = edits_[owner];
  RuleIndex found;
  RuleIndex twin;
  if (!edit.rule.rule) return -EINVAL;
  if (!find(edit, &found)) return -ENOENT;
  if (ruleset_.rules().find(edit.chain, edit.rule, &twin) && twin.position != found.position) {
    return -EEXIST;
  }
  // Put in its place first: the old one stays should this fail.
  const auto position = static_cast<uint32_t>(found.position);
  const int error = ruleset_.insert(edit.chain, position, edit.rule, owner, &outcome->detail);
  return error != 0 ? error : take({found.chain, found.position + 1}, owner, outcome);
}

int Run::take(RuleIndex index, size_t owner, Outcome* outcome) {
  outcome->removed.push_back(ruleset_.rules().taken(index));
  outcome->changed = true;
  return ruleset_.remove(index, owner);
}

int Run::flush(size_t owner, Outcome* outcome) {
  outcome->removed = ruleset_.rules().all();
  outcome->changed = !outcome->removed.empty();
  return ruleset_.flush(owner);
}

int Run::flushOwn(size_t owner, Outcome* outcome) {
  const std::vector<RuleIndex> all = ruleset_.rules().indexes();
  for (size_t i = all.size(); i-- > 0;) {
    if (!ruleset_.rules().at(all[i]).own) continue;
    if (const int error = take(all[i], owner, outcome)) return error;
  }
  std::reverse(outcome->removed.begin(), outcome->removed.end());
  return 0;
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
