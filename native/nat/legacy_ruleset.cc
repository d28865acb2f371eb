#include "nat/legacy_ruleset.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "nat/chain_record.h"
#include "nat/table_edits.h"

namespace lvs::nat {
namespace {

constexpr const char* kTableName = "nat";

}  // namespace

LegacySockets::~LegacySockets() {
  if (ipv4_ >= 0) close(ipv4_);
  if (ipv6_ >= 0) close(ipv6_);
}

int LegacySockets::of(const xtables::Family& family) {
  int& descriptor = &family == &xtables::kIpv4 ? ipv4_ : ipv6_;
  if (descriptor >= 0) return descriptor;
  const int opened = xtables::openSocket(family);
  if (opened >= 0) descriptor = opened;
  return opened;
}

bool legacyLoaded(const xtables::Family& family) {
  char path[64];
  snprintf(path, sizeof path, "/proc/thread-self/net/%s", family.tableNamesFile);
  return access(path, F_OK) == 0;
}

// x_tables has no way to ask for its own module; iptables runs modprobe. Asking for an interface of
// the module's name makes the kernel do that: see dev_load() in net/core/dev_ioctl.c.
void loadLegacyModule(int socket, const xtables::Family& family) {
  ifreq request{};
  strncpy(request.ifr_name, &family == &xtables::kIpv4 ? "ip_tables" : "ip6_tables",
          sizeof request.ifr_name - 1);
  ioctl(socket, SIOCGIFFLAGS, &request);
}

int loadLegacyTable(int socket, const xtables::Family& family, std::string_view name,
                    xtables::Table* table, Detail* detail) {
  const int error = xtables::load(socket, family, name, table, &detail->reason);
  if (error != -ENOPROTOOPT || legacyLoaded(family)) return error;
  loadLegacyModule(socket, family);
  detail->reason = nullptr;
  return xtables::load(socket, family, name, table, &detail->reason);
}

int LegacyRuleset::load(Access access, Detail* detail) {
  rules_.clear();
  loaded_ = false;
  trial_ = access == Access::kTry;
  if (access == Access::kWrite && !lock_.held()) {
    const int error = lock_.acquire(lockOptions_);
    if (error != 0) {
      detail->reason = "the xtables lock";
      return error;
    }
  }
  socket_ = sockets_.of(family_);
  if (socket_ < 0) {
    detail->reason = "socket";
    return socket_;
  }
  const int inUse = xtables::tableInUse(family_, kTableName);
  if (inUse < 0) return inUse;
  // Loading would create the table.
  return inUse == 0 ? 0 : readTable(detail);
}

int LegacyRuleset::readTable(Detail* detail) {
  if (const int error = loadLegacyTable(socket_, family_, kTableName, &table_, detail))
    return error;
  loaded_ = true;
  for (const xtables::Chain& chain : table_.chains) {
    rules_.chain(chain.name);
    for (uint32_t i = 0; i < chain.ruleCount(); ++i) {
      FoundRule found;
      found.what = DigestedRule(xtables::readRule(table_, chain.first + i));
      rules_.append(chain.name, std::move(found));
    }
  }
  return 0;
}

std::vector<ChainInfo> LegacyRuleset::chains() const {
  std::vector<ChainInfo> chains;
  if (!loaded_) return chains;
  for (const xtables::Chain& chain : table_.chains) chains.push_back(chainInfo(table_, chain));
  return chains;
}

uint64_t LegacyRuleset::fingerprint() const { return loaded_ ? nat::fingerprint(table_) : 0; }

int LegacyRuleset::insert(const std::string& chain, uint32_t position, const DigestedRule& rule,
                          size_t /*owner*/, Detail* detail) {
  xtables::DetachedEntry entry;
  if (const int error = xtables::buildRule(*rule.rule, family_, &entry, &detail->reason))
    return error;
  if (trial_) {
    if (const int error = checkSupported(entry, detail)) return error;
    // A table that isn't there would be made with chains that have no rules.
    if (!loaded_) return position == kLast || position == 0 ? 0 : -ERANGE;
  }
  if (!loaded_) {
    if (const int error = readTable(detail)) return error;
  }
  const uint32_t wanted = position == kLast ? xtables::kAppend : position;
  const int error = xtables::insertRule(&table_, chain, wanted, entry, &detail->reason);
  if (error != 0) return error;
  FoundRule added;
  added.what = rule;
  const size_t place = position == kLast ? rules_.count(chain) : position;
  rules_.insert({rules_.chain(chain), place}, std::move(added));
  return 0;
}

int LegacyRuleset::remove(RuleIndex index, size_t /*owner*/) {
  const std::string& chain = rules_.chains()[index.chain].name;
  const auto position = static_cast<uint32_t>(index.position);
  if (const int error = xtables::deleteRule(&table_, chain, position)) return error;
  rules_.erase(index);
  return 0;
}

int LegacyRuleset::zero(size_t /*owner*/) {
  if (!loaded_) return 0;
  for (const RuleIndex index : rules_.indexes()) rules_.zero(index);
  xtables::zeroTable(&table_);
  return 0;
}

// The kernel itself checks a rule only in a table that is to be used.
int LegacyRuleset::checkSupported(const xtables::DetachedEntry& entry, Detail* detail) const {
  if (!legacyLoaded(family_)) loadLegacyModule(socket_, family_);
  for (const xtables::Extension& match : xtables::matchesOf(entry.bytes.data(), family_)) {
    if (const int error = xtables::supports(socket_, family_, match, false)) {
      detail->reason = "the kernel lacks a match of the rule";
      return error;
    }
  }
  const xtables::Extension target = xtables::targetOf(entry.bytes.data(), family_);
  return xtables::supports(socket_, family_, target, true);
}

int LegacyRuleset::flush(size_t /*owner*/) {
  if (loaded_) xtables::flushTable(&table_);
  rules_.clear();
  return 0;
}

int LegacyRuleset::commit(bool keep, std::vector<nftables::Refusal>* /*refusals*/, Detail* detail) {
  const int error = loaded_ && keep ? xtables::commit(socket_, table_, &detail->reason) : 0;
  if (error == -EAGAIN) return error;
  lock_.release();
  return error;
}

}  // namespace lvs::nat
