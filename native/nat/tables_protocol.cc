#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <iterator>

#include "nat/chain_record.h"
#include "nat/legacy_ruleset.h"
#include "nat/protocol.h"
#include "nat/rule_record.h"
#include "nat/table_edits.h"
#include "nat/tables.h"
#include "records/record.h"
#include "xtables/commit.h"

namespace lvs::nat {
namespace {

constexpr const Table* kTables[] = {&kRuleTable, &kMatchTable, &kTableScopeTable, &kChainTable,
                                    &kTableEditTable};
constexpr uint16_t kTableScopeIndex = 2;
constexpr uint16_t kChainIndex = 3;

enum Operation : uint16_t { kListTables, kLoadTable, kCommitTable };
constexpr OperationName kOperations[] = {
    {"listTables", true}, {"loadTable", true}, {"commitTable", false}};

struct TableScope {
  const xtables::Family* family = &xtables::kIpv4;
  std::string name;
  uint64_t fingerprint = 0;
  int lockTimeout = 0;
};

const Field& scopeField(const char* name) {
  return kTableScopeLayout.fields[fieldIndex(kTableScopeLayout, name)];
}

bool readScope(const Request& request, TableScope* scope) {
  Block block;
  BlockReader blocks = request.blocks();
  while (blocks.next(&block)) {
    if (block.header.table != kTableScopeIndex) continue;
    if (block.header.size != kTableScopeTable.size) return false;
    const ConstRecord record(block.body);
    const bool ipv6 = record.get<uint8_t>(scopeField("family")) == AF_INET6;
    scope->family = ipv6 ? &xtables::kIpv6 : &xtables::kIpv4;
    const Field& name = scopeField("name");
    scope->name.assign(reinterpret_cast<const char*>(record.at(name)), record.textLength(name));
    scope->fingerprint = record.get<uint64_t>(scopeField("fingerprint"));
    scope->lockTimeout = static_cast<int>(record.get<uint32_t>(scopeField("lockTimeout")));
    return true;
  }
  return false;
}

void fail(ResultWriter& results, uint32_t id, int error, const Detail& detail) {
  results.begin(id);
  if (detail.reason != nullptr) results.text(kPlainText, detail.reason, strlen(detail.reason));
  if (detail.field != nullptr) results.text(kOffendingField, detail.field, strlen(detail.field));
  results.end(error);
}

class TablesBackend : public Backend {
 public:
  int open(const char** /*stage*/) override { return 0; }
  void run(RequestReader requests, Host& host) override;

 private:
  void answer(const Request& request, const TableScope& scope, Host& host);
  int loadInto(const TableScope& scope, xtables::Table* table, Detail* detail);
  void write(const xtables::Table& table, uint32_t id, ResultWriter& results);
  void commit(const Request& request, const TableScope& scope, Host& host);

  LegacySockets sockets_;
};

void TablesBackend::run(RequestReader requests, Host& host) {
  Request request;
  while (requests.next(&request)) {
    TableScope scope;
    if (host.cancelled(request.header.id)) {
      host.results().failure(request.header.id, -ECANCELED, kCancelled);
    } else if (!readScope(request, &scope)) {
      host.results().failure(request.header.id, -EINVAL);
    } else {
      answer(request, scope, host);
    }
    host.postIfDue();
  }
}

// One registered table a line.
void listTables(const TableScope& scope, uint32_t id, ResultWriter& results) {
  char path[64];
  snprintf(path, sizeof path, "/proc/thread-self/net/%s", scope.family->tableNamesFile);
  std::string names;
  FILE* file = fopen(path, "re");
  char line[kNameSize + 1];
  results.begin(id);
  while (file != nullptr && fgets(line, sizeof line, file) != nullptr) {
    ChainInfo name;
    name.name.assign(line, strcspn(line, "\n"));
    if (!name.name.empty()) writeChain(results, kChainIndex, name);
  }
  if (file != nullptr) fclose(file);
  results.end(0);
}

void TablesBackend::answer(const Request& request, const TableScope& scope, Host& host) {
  const uint32_t id = request.header.id;
  if (request.header.operation == kListTables) return listTables(scope, id, host.results());
  if (request.header.operation == kCommitTable) return commit(request, scope, host);
  xtables::Table table;
  Detail detail;
  if (const int error = loadInto(scope, &table, &detail)) {
    return fail(host.results(), id, error, detail);
  }
  write(table, id, host.results());
}

int TablesBackend::loadInto(const TableScope& scope, xtables::Table* table, Detail* detail) {
  const int socket = sockets_.of(*scope.family);
  if (socket < 0) {
    detail->reason = "socket";
    return socket;
  }
  return loadLegacyTable(socket, *scope.family, scope.name, table, detail);
}

void TablesBackend::write(const xtables::Table& table, uint32_t id, ResultWriter& results) {
  results.begin(id);
  Record scope(results.record(kTableScopeIndex, kTableScopeTable));
  scope.put(kTableScopeTable, fieldIndex(kTableScopeLayout, "fingerprint"), fingerprint(table));
  for (const xtables::Chain& chain : table.chains) {
    writeChain(results, kChainIndex, chainInfo(table, chain));
    for (uint32_t i = 0; i < chain.ruleCount(); ++i) {
      writeRule(results, xtables::readRule(table, chain.first + i), {chain.name, i, 0, false},
                *table.family);
    }
  }
  results.end(0);
}

void TablesBackend::commit(const Request& request, const TableScope& scope, Host& host) {
  const uint32_t id = request.header.id;
  Detail detail;
  xtables::Lock lock;
  xtables::Lock::Options options;
  options.timeoutMilliseconds = scope.lockTimeout;
  LockWaiter waiter{host, id};
  waiter.listen(&options);
  if (const int error = lock.acquire(options)) {
    detail.reason = "the xtables lock";
    return fail(host.results(), id, error, detail);
  }
  xtables::Table table;
  int error = loadInto(scope, &table, &detail);
  if (error == 0 && fingerprint(table) != scope.fingerprint) {
    detail.reason = "the table changed since it was loaded";
    error = -EAGAIN;
  }
  char edit[16] = {};
  if (error == 0) {
    uint32_t failed = 0;
    error = applyEdits(request.blocks(), &table, &failed, &detail);
    snprintf(edit, sizeof edit, "%u", failed);
    if (error != 0) detail.field = edit;
  }
  if (error == 0) error = xtables::commit(sockets_.of(*scope.family), table, &detail.reason);
  if (error != 0) return fail(host.results(), id, error, detail);
  host.results().success(id);
}

bool operationAt(uint16_t index, OperationName* operation) {
  if (index >= std::size(kOperations)) return false;
  *operation = kOperations[index];
  return true;
}

Backend* make() { return new TablesBackend(); }

}  // namespace

const Protocol kTablesProtocol = {"xtables", kTables, std::size(kTables), operationAt, make};

}  // namespace lvs::nat
