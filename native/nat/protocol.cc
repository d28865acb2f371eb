#include "nat/protocol.h"

#include <errno.h>

#include <iterator>

#include "conntrack/connections.h"
#include "nat/chain_record.h"
#include "nat/edits.h"
#include "nat/events.h"
#include "nat/legacy_ruleset.h"
#include "nat/nft_ruleset.h"
#include "nat/probe.h"
#include "nat/rule_record.h"
#include "nat/tables.h"
#include "records/record.h"

namespace lvs::nat {
namespace {

constexpr const Table* kTables[] = {&kRuleTable,        &kMatchTable, &kScopeTable,
                                    &kChainTable,       &kSightTable, &kOutcomeTable,
                                    &kConnectionsTable, &kCountTable, &kEndpointTable,
                                    &kFingerprintTable, &kWatchTable, &kEventTable};
constexpr uint16_t kScopeIndex = 2;
constexpr uint16_t kChainIndex = 3;
constexpr uint16_t kSightIndex = 4;
constexpr uint16_t kOutcomeIndex = 5;
constexpr uint16_t kConnectionsIndex = 6;
constexpr uint16_t kCountIndex = 7;
constexpr uint16_t kFingerprintIndex = 9;
constexpr uint16_t kWatchIndex = 10;
constexpr uint16_t kEventIndex = 11;

// A request's argument says through which interface.
enum Interface : uint32_t { kLegacy, kIptablesNft, kOwnNftables };

enum Operation : uint16_t {
  kLook,
  kProbe,
  kFindRule,
  kListRules,
  kListChains,
  kFingerprint,
  kDropConnections,
  kFirstEdit
};
constexpr OperationName kOthers[] = {
    {"look", true},       {"probe", true},       {"findRule", true},         {"listRules", true},
    {"listChains", true}, {"fingerprint", true}, {"dropConnections", false},
};
struct EditOperation {
  const char* name;
  EditKind kind;
};
constexpr EditOperation kEdits[] = {
    {"addRule", EditKind::kAdd},       {"ensureRule", EditKind::kEnsure},
    {"removeRule", EditKind::kRemove}, {"replaceRule", EditKind::kReplace},
    {"flush", EditKind::kFlush},       {"flushOwn", EditKind::kFlushOwn},
    {"zeroCounters", EditKind::kZero}, {"validateRule", EditKind::kValidate},
};
static_assert(std::size(kOthers) == kFirstEdit);
constexpr uint16_t kFirstSubscription = kFirstEdit + std::size(kEdits);

constexpr size_t scopeField(const char* name) { return fieldIndex(kScopeLayout, name); }

// Which rules a request is about; requests of the same scope share a transaction.
struct Scope {
  Interface interface = kLegacy;
  const xtables::Family* family = &xtables::kIpv4;
  int lockTimeout = 0;
  bool owned = false;
  bool operator==(const Scope& other) const {
    return interface == other.interface && family == other.family &&
           lockTimeout == other.lockTimeout && owned == other.owned;
  }
};

class NatBackend : public Backend {
 public:
  int open(const char** /*stage*/) override { return 0; }
  void run(RequestReader requests, Host& host) override;
  Watcher* watcher() override { return &subscriptions_; }

 private:
  struct Group {
    Scope scope;
    std::vector<Edit> edits;
  };

  static int readScope(const Request& request, Scope* scope, Edit* edit);
  static int readRules(BlockReader blocks, int count, Edit* edit);
  std::unique_ptr<Ruleset> ruleset(const Scope& scope, LockWaiter& waiter);
  void answer(const Request& request, const Scope& scope, const Edit& edit, Host& host);
  void collect(const Request& request, const Scope& scope, Edit edit, Host& host);
  void flush(Host& host);
  void runGroup(const Group& group, Host& host);
  void look(uint32_t id, ResultWriter& results);
  void dropConnections(const Request& request, ResultWriter& results);
  void fingerprint(const Scope& scope, uint32_t id, Host& host);

  LegacySockets sockets_;
  nftables::Connection connection_;
  netlink::NetfilterSocket tracking_;
  std::vector<Group> groups_;
  Events events_{kEventIndex, connection_};
  netlink::Subscriptions subscriptions_{NETLINK_NETFILTER, kWatchLayout, kWatchIndex, events_};
};

void fail(ResultWriter& results, uint32_t id, int error, const Detail& detail) {
  results.begin(id);
  if (detail.reason != nullptr) results.text(kPlainText, detail.reason, strlen(detail.reason));
  results.text(kKernelMessage, detail.kernelMessage.data(), detail.kernelMessage.size());
  if (detail.field != nullptr) results.text(kOffendingField, detail.field, strlen(detail.field));
  results.end(error);
}

void writeTaken(ResultWriter& results, const TakenRule& taken, const xtables::Family& family) {
  const FoundRule& found = taken.found;
  const auto position = static_cast<uint32_t>(taken.position);
  writeRule(results, found.rule(), {taken.chain, position, found.handle, found.own}, family);
}

constexpr const Field& connectionsField(const char* name) {
  return kConnectionsLayout.fields[fieldIndex(kConnectionsLayout, name)];
}

int readConnections(const Request& request, conntrack::Wanted* wanted) {
  Block block;
  if (!request.blocks().next(&block) || block.header.table != kConnectionsIndex ||
      block.header.size != kConnectionsTable.size) {
    return -EINVAL;
  }
  const ConstRecord record(block.body);
  const uint8_t* destination = record.at(connectionsField("destination"));
  wanted->family = destination[0] == sizeof(in_addr) ? AF_INET : AF_INET6;
  // An address's length comes before it.
  memcpy(wanted->destination.data(), destination + 4, wanted->destination.size());
  memcpy(wanted->mask.data(), record.at(connectionsField("mask")) + 4, wanted->mask.size());
  wanted->protocol = record.get<uint8_t>(connectionsField("protocol"));
  wanted->port = record.get<uint16_t>(connectionsField("port"));
  return 0;
}

int NatBackend::readScope(const Request& request, Scope* scope, Edit* edit) {
  Block block;
  BlockReader blocks = request.blocks();
  int rules = 0;
  edit->id = request.header.id;
  if (request.header.argument > kOwnNftables) return -EINVAL;
  scope->interface = static_cast<Interface>(request.header.argument);
  while (blocks.next(&block)) {
    if (block.header.table == kRuleTableIndex) ++rules;
    if (block.header.table != kScopeIndex) continue;
    if (block.header.size != kScopeTable.size) return -EINVAL;
    const ConstRecord record(block.body);
    const auto field = [](const char* name) -> const Field& {
      return kScopeLayout.fields[fieldIndex(kScopeLayout, name)];
    };
    const bool ipv6 = record.get<uint8_t>(field("family")) == AF_INET6;
    scope->family = ipv6 ? &xtables::kIpv6 : &xtables::kIpv4;
    scope->lockTimeout = static_cast<int>(record.get<uint32_t>(field("lockTimeout")));
    scope->owned = record.get<uint8_t>(field("owned")) != 0;
    const Field& chain = field("chain");
    edit->chain.assign(reinterpret_cast<const char*>(record.at(chain)), record.textLength(chain));
    if (record.has(scopeField("position"))) {
      edit->position = record.get<uint32_t>(field("position"));
    }
    edit->handle = record.get<uint64_t>(field("handle"));
  }
  return readRules(request.blocks(), rules, edit);
}

// A rule, and the one that it is to replace.
int NatBackend::readRules(BlockReader blocks, int count, Edit* edit) {
  for (DigestedRule* into : {&edit->rule, &edit->other}) {
    if (count-- <= 0) return 0;
    xtables::Rule rule;
    if (const int error = readRule(&blocks, &rule)) return error;
    *into = DigestedRule(std::move(rule));
  }
  return 0;
}

void NatBackend::run(RequestReader requests, Host& host) {
  Request request;
  while (requests.next(&request)) {
    const uint32_t id = request.header.id;
    Scope scope;
    Edit edit;
    if (host.cancelled(id)) {
      host.results().failure(id, -ECANCELED, kCancelled);
    } else if (request.header.operation >= kFirstSubscription) {
      flush(host);
      const int operation = request.header.operation - kFirstSubscription;
      subscriptions_.run(static_cast<uint16_t>(operation), request, host);
    } else if (const int error = readScope(request, &scope, &edit)) {
      host.results().failure(id, error);
    } else if (request.header.operation < kFirstEdit) {
      flush(host);
      answer(request, scope, edit, host);
    } else {
      collect(request, scope, std::move(edit), host);
    }
    host.postIfDue();
  }
  flush(host);
}

std::unique_ptr<Ruleset> NatBackend::ruleset(const Scope& scope, LockWaiter& waiter) {
  if (scope.interface == kLegacy) {
    xtables::Lock::Options lock;
    lock.timeoutMilliseconds = scope.lockTimeout;
    waiter.listen(&lock);
    return std::make_unique<LegacyRuleset>(sockets_, *scope.family, lock);
  }
  const Dialect dialect = scope.interface == kIptablesNft ? Dialect::kCompat : Dialect::kNative;
  return std::make_unique<NftRuleset>(connection_, *scope.family, dialect, scope.owned);
}

void NatBackend::answer(const Request& request, const Scope& scope, const Edit& edit, Host& host) {
  ResultWriter& results = host.results();
  if (request.header.operation == kLook) return look(edit.id, results);
  if (request.header.operation == kDropConnections) return dropConnections(request, results);
  if (request.header.operation == kFingerprint) return fingerprint(scope, edit.id, host);
  Detail detail;
  LockWaiter waiter{host, edit.id};
  if (request.header.operation == kProbe) {
    const int error = scope.interface == kLegacy ? probeLegacy(sockets_, *scope.family, &detail)
                                                 : probeRuleset(*ruleset(scope, waiter), &detail);
    if (error != 0) return fail(results, edit.id, error, detail);
    return results.success(edit.id);
  }
  const auto rules = ruleset(scope, waiter);
  if (const int error = rules->load(Access::kRead, &detail))
    return fail(results, edit.id, error, detail);
  results.begin(edit.id);
  if (request.header.operation == kFindRule) {
    RuleIndex found;
    if (edit.rule.rule && rules->rules().find(edit.chain, edit.rule, &found)) {
      writeTaken(results, rules->rules().taken(found), *scope.family);
    }
  } else if (request.header.operation == kListRules) {
    for (const TakenRule& rule : rules->rules().all()) writeTaken(results, rule, *scope.family);
  } else {
    for (const ChainInfo& chain : rules->chains()) writeChain(results, kChainIndex, chain);
  }
  results.end(0);
}

void NatBackend::look(uint32_t id, ResultWriter& results) {
  const Sight sight = lookAround(connection_);
  results.begin(id);
  Record record(results.record(kSightIndex, kSightTable));
  const auto put = [&](const char* name, auto value) {
    record.put(kSightTable, fieldIndex(kSightLayout, name), value);
  };
  put("legacyIpv4", uint8_t{sight.legacyIpv4});
  put("legacyIpv6", uint8_t{sight.legacyIpv6});
  put("nftIpv4", uint8_t{sight.nftIpv4});
  put("nftIpv6", uint8_t{sight.nftIpv6});
  put("nftError", int32_t{sight.nftError});
  results.end(0);
}

void NatBackend::dropConnections(const Request& request, ResultWriter& results) {
  conntrack::Wanted wanted;
  uint32_t count = 0;
  int error = readConnections(request, &wanted);
  if (error == 0) error = conntrack::drop(tracking_, wanted, &count);
  results.begin(request.header.id);
  if (error == 0) Record(results.record(kCountIndex, kCountTable)).put(kCountTable, 0, count);
  results.end(error);
}

// Of the legacy table: nobody announces when that changes.
void NatBackend::fingerprint(const Scope& scope, uint32_t id, Host& host) {
  ResultWriter& results = host.results();
  Detail detail;
  LegacyRuleset rules(sockets_, *scope.family, {});
  if (const int error = rules.load(Access::kRead, &detail)) return fail(results, id, error, detail);
  results.begin(id);
  Record(results.record(kFingerprintIndex, kFingerprintTable))
      .put(kFingerprintTable, 0, rules.fingerprint());
  results.end(0);
}

// Edits wait for others of the same batch that can share their transaction.
void NatBackend::collect(const Request& request, const Scope& scope, Edit edit, Host& host) {
  edit.kind = kEdits[request.header.operation - kFirstEdit].kind;
  const bool alone = edit.kind == EditKind::kValidate;
  if (alone) flush(host);
  Group* group = nullptr;
  for (Group& known : groups_) {
    if (known.scope == scope) group = &known;
  }
  if (group == nullptr) group = &groups_.emplace_back(Group{scope, {}});
  group->edits.push_back(std::move(edit));
  if (alone) flush(host);
}

void NatBackend::flush(Host& host) {
  for (const Group& group : groups_) runGroup(group, host);
  groups_.clear();
}

void NatBackend::runGroup(const Group& group, Host& host) {
  LockWaiter waiter{host, 0};
  const auto rules = ruleset(group.scope, waiter);
  const std::vector<Outcome> outcomes = runEdits(*rules, group.edits);
  ResultWriter& results = host.results();
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const Edit& edit = group.edits[i];
    const Outcome& outcome = outcomes[i];
    if (outcome.error != 0) {
      fail(results, edit.id, outcome.error, outcome.detail);
    } else if (edit.kind == EditKind::kAdd || edit.kind == EditKind::kValidate) {
      results.success(edit.id);
    } else {
      results.begin(edit.id);
      Record record(results.record(kOutcomeIndex, kOutcomeTable));
      record.put(kOutcomeTable, 0, static_cast<uint8_t>(outcome.changed ? 1 : 0));
      for (const TakenRule& rule : outcome.removed) writeTaken(results, rule, *group.scope.family);
      results.end(0);
    }
    host.postIfDue();
  }
}

bool operationAt(uint16_t index, OperationName* operation) {
  if (index < kFirstEdit) {
    *operation = kOthers[index];
    return true;
  }
  if (index < kFirstSubscription) {
    *operation = {kEdits[index - kFirstEdit].name, false};
    return true;
  }
  const size_t other = index - size_t{kFirstSubscription};
  if (other >= std::size(netlink::kSubscriptionOperations)) return false;
  *operation = netlink::kSubscriptionOperations[other];
  return true;
}

Backend* make() { return new NatBackend(); }

}  // namespace

const Protocol kProtocol = {"nat", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::nat
