#include "nat/nft_ruleset.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netlink.h>

#include "nftables/expression.h"

namespace lvs::nat {
namespace {

using netlink::Attribute;
using nftables::be32;
using nftables::be64;
using nftables::Expression;

constexpr int kMostReadings = 100;  // of a ruleset that others keep changing
// More than the messages for one new rule take: its comment and its sets of ports are short.
constexpr size_t kLargestEdit = 16 << 10;
constexpr const char* kOwnTable = "lvs";
constexpr const char* kIptablesTable = "nat";
constexpr uint32_t kOwned = 2;    // NFT_TABLE_F_OWNER
constexpr uint32_t kPersist = 4;  // NFT_TABLE_F_PERSIST, which older headers lack

// What the kernel calls a base chain's place. nat's two directions have a priority each.
struct BaseChain {
  const char* iptables;  // as iptables names it
  const char* own;       // in our own table
  uint32_t hook;
  int32_t priority;
};
constexpr BaseChain kBaseChains[] = {
    {"PREROUTING", "prerouting", NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST},
    {"INPUT", "input", NF_INET_LOCAL_IN, NF_IP_PRI_NAT_SRC},
    {"OUTPUT", "output", NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST},
    {"POSTROUTING", "postrouting", NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC},
};
// Our own table comes before iptables' at the same hook, whichever was made first.
constexpr int32_t kOwnPriorityOffset = -1;

// What a base chain's policy counted; zeros where the chain wasn't told to count.
xtables::Counters countersOf(const uint8_t* attributes, size_t size) {
  Attribute counters;
  if (!netlink::findAttribute(attributes, size, NFTA_CHAIN_COUNTERS, &counters)) return {};
  const Expression parts = {{}, counters.data, counters.size};
  return {parts.counter(NFTA_COUNTER_PACKETS), parts.counter(NFTA_COUNTER_BYTES)};
}

}  // namespace

const char* NftRuleset::tableName() const {
  return dialect_ == Dialect::kNative ? kOwnTable : kIptablesTable;
}

uint8_t NftRuleset::nfFamily() const { return static_cast<uint8_t>(family_.domain); }

std::string NftRuleset::chainName(const std::string& chain) const {
  for (const BaseChain& base : kBaseChains) {
    if (dialect_ == Dialect::kNative && chain == base.iptables) return base.own;
  }
  return chain;
}

std::optional<Dialect> dialectOf(std::string_view table) {
  if (table == kOwnTable) return Dialect::kNative;
  if (table == kIptablesTable) return Dialect::kCompat;
  return std::nullopt;
}

std::string iptablesChainName(Dialect dialect, const std::string& chain) {
  for (const BaseChain& base : kBaseChains) {
    if (dialect == Dialect::kNative && chain == base.own) return base.iptables;
  }
  return chain;
}

int NftRuleset::load(Access /*access*/, Detail* /*detail*/) {
  batch_.reset();
  tableWritten_ = false;
  if (const int error = connection_.open()) return error;
  int error = -EINTR;
  for (int i = 0; error == -EINTR && i < kMostReadings; ++i) error = read();
  return error == -EINTR ? -EAGAIN : error;
}

int NftRuleset::read() {
  chains_.clear();
  rules_.clear();
  attributes_.clear();
  if (const int error = connection_.generation(&generation_)) return error;
  if (const int error = readChains()) return error;
  const int error = readRules();
  return error == -ENOENT ? 0 : error;  // the table isn't there
}

int NftRuleset::readChains() {
  return connection_.list(
      NFT_MSG_GETCHAIN, nfFamily(), [](netlink::MessageWriter&) {},
      [&](const uint8_t* attributes, size_t size) {
        const Expression chain = {{}, attributes, size};
        if (chain.text(NFTA_CHAIN_TABLE) != tableName()) return;
        Attribute hook;
        const bool base = netlink::findAttribute(attributes, size, NFTA_CHAIN_HOOK, &hook);
        chains_.push_back({std::string(chain.text(NFTA_CHAIN_NAME)), base,
                           base ? chain.number(NFTA_CHAIN_POLICY) : 0,
                           countersOf(attributes, size)});
      });
}

int NftRuleset::readRules() {
  const auto fill = [&](netlink::MessageWriter& writer) {
    writer.text(NFTA_RULE_TABLE, tableName());
  };
  return connection_.list(NFT_MSG_GETRULE, nfFamily(), fill,
                          [&](const uint8_t* attributes, size_t size) {
                            NftRule rule = readNftRule(attributes, size, family_);
                            if (rule.table != tableName()) return;
                            FoundRule found;
                            found.what = DigestedRule(std::move(rule.rule));
                            found.handle = rule.handle;
                            found.own = rule.own;
                            found.attributes = attributes_.size();
                            found.attributesSize = size;
                            attributes_.resize(found.attributes + size);
                            memcpy(attributes_.data() + found.attributes, attributes, size);
                            rules_.append(publicName(rule.chain), std::move(found));
                          });
}

std::vector<ChainInfo> NftRuleset::chains() const {
  std::vector<ChainInfo> chains;
  for (const Chain& chain : chains_) {
    ChainInfo info;
    info.name = publicName(chain.name);
    if (chain.base) info.policy = chain.policy == NF_ACCEPT ? "ACCEPT" : "DROP";
    info.packets = chain.counters.packets;
    info.bytes = chain.counters.bytes;
    chains.push_back(std::move(info));
  }
  return chains;
}

bool NftRuleset::hasChain(const std::string& name) const {
  for (const Chain& chain : chains_) {
    if (chain.name == name) return true;
  }
  return false;
}

nftables::Batch& NftRuleset::batch() {
  if (batch_ == nullptr) {
    batch_ = std::make_unique<nftables::Batch>(connection_.nextSequence(), generation_);
  }
  return *batch_;
}

// The table's owner says so in every transaction: it may have been orphaned meanwhile.
void NftRuleset::makeTable(size_t owner) {
  if (tableWritten_) return;
  tableWritten_ = true;
  batch().begin(NFT_MSG_NEWTABLE, NLM_F_CREATE, nfFamily(), owner);
  batch().writer().text(NFTA_TABLE_NAME, tableName());
  if (owned_) be32(batch().writer(), NFTA_TABLE_FLAGS, kOwned | kPersist);
  batch().end();
}

// As iptables-nft does: the chain that is needed, and its table.
void NftRuleset::makeChain(const std::string& name, size_t owner) {
  makeTable(owner);
  netlink::MessageWriter& writer = batch().writer();
  batch().begin(NFT_MSG_NEWCHAIN, NLM_F_CREATE, nfFamily(), owner);
  writer.text(NFTA_CHAIN_TABLE, tableName());
  writer.text(NFTA_CHAIN_NAME, name.c_str());
  bool base = false;
  for (const BaseChain& known : kBaseChains) {
    const bool native = dialect_ == Dialect::kNative;
    if (name != (native ? known.own : known.iptables)) continue;
    base = true;
    const int32_t priority = known.priority + (native ? kOwnPriorityOffset : 0);
    const size_t hook = writer.openNest(NFTA_CHAIN_HOOK);
    be32(writer, NFTA_HOOK_HOOKNUM, known.hook);
    be32(writer, NFTA_HOOK_PRIORITY, static_cast<uint32_t>(priority));
    writer.closeNest(hook);
    be32(writer, NFTA_CHAIN_POLICY, NF_ACCEPT);
    writer.text(NFTA_CHAIN_TYPE, "nat");
    writeChainCounters();
  }
  batch().end();
  chains_.push_back({name, base, NF_ACCEPT, {}});
}

// Names a rule to the kernel: by its handle, or by its id within the transaction.
void NftRuleset::refer(const FoundRule& rule, uint16_t byHandle, uint16_t byId) {
  if (rule.handle != 0) {
    be64(batch().writer(), byHandle, rule.handle);
  } else {
    be32(batch().writer(), byId, rule.id);
  }
}

int NftRuleset::insert(const std::string& chain, uint32_t position, const DigestedRule& rule,
                       size_t owner, Detail* detail) {
  const size_t count = rules_.count(chain);
  if (position != kLast && position > count) return -ERANGE;
  const size_t place = position == kLast ? count : position;
  const nftables::Batch::Point before = batch().point();
  const uint32_t firstId = nextId_;
  const bool tableWritten = tableWritten_;
  const size_t chainCount = chains_.size();
  if (const int error = writeNew(chain, place, *rule.rule, owner, detail)) {
    batch().backTo(before);
    nextId_ = firstId;
    tableWritten_ = tableWritten;
    chains_.resize(chainCount);
    return error;
  }
  FoundRule added;
  added.what = rule;
  added.id = nextId_ - 1;
  added.own = true;
  rules_.insert({rules_.chain(chain), place}, std::move(added));
  return 0;
}

// The messages for a new rule, which may need a table, a chain and sets. What fails leaves a part
// of them behind.
int NftRuleset::writeNew(const std::string& chain, size_t position, const xtables::Rule& rule,
                         size_t owner, Detail* detail) {
  const std::string name = chainName(chain);
  if (owned_) makeTable(owner);
  if (!hasChain(name)) makeChain(name, owner);
  const uint32_t firstSet = nextId_;
  if (dialect_ == Dialect::kNative) {
    nextId_ += writePortSets(batch(), rule, nfFamily(), tableName(), firstSet, owner);
  }
  const bool before = position < rules_.count(chain);
  const uint16_t flags = before ? NLM_F_CREATE : NLM_F_CREATE | NLM_F_APPEND;
  batch().begin(NFT_MSG_NEWRULE, flags, nfFamily(), owner);
  netlink::MessageWriter& writer = batch().writer();
  batch().mark("table");
  writer.text(NFTA_RULE_TABLE, tableName());
  batch().mark("chain");
  writer.text(NFTA_RULE_CHAIN, name.c_str());
  batch().mark("position");
  if (before) {
    const FoundRule& next = rules_.at({rules_.chain(chain), position});
    refer(next, NFTA_RULE_POSITION, NFTA_RULE_POSITION_ID);
  }
  be32(writer, NFTA_RULE_ID, nextId_++);
  int error = writeNftRule(batch(), rule, family_, dialect_, firstSet, &detail->reason);
  if (error == 0) error = writer.error();
  if (error == 0) batch().end();
  return error;
}

int NftRuleset::remove(RuleIndex index, size_t owner) {
  if (owned_) makeTable(owner);
  batch().begin(NFT_MSG_DELRULE, 0, nfFamily(), owner);
  netlink::MessageWriter& writer = batch().writer();
  writer.text(NFTA_RULE_TABLE, tableName());
  writer.text(NFTA_RULE_CHAIN, chainName(rules_.chains()[index.chain].name).c_str());
  refer(rules_.at(index), NFTA_RULE_HANDLE, NFTA_RULE_ID);
  batch().end();
  rules_.erase(index);
  return 0;
}

int NftRuleset::flush(size_t owner) {
  if (chains_.empty()) return 0;
  if (owned_) makeTable(owner);
  batch().begin(NFT_MSG_DELRULE, 0, nfFamily(), owner);
  batch().writer().text(NFTA_RULE_TABLE, tableName());
  batch().end();
  rules_.clear();
  return 0;
}

// A transaction is one datagram, which has to fit the socket's send buffer.
bool NftRuleset::full() const {
  return batch_ != nullptr && batch_->size() + kLargestEdit > connection_.sendRoom();
}

int NftRuleset::commit(bool keep, std::vector<nftables::Refusal>* refusals, Detail* /*detail*/) {
  if (batch_ == nullptr || batch_->empty()) return 0;
  batch_->finish(keep);
  const int error = connection_.transact(*batch_, refusals);
  batch_.reset();
  return error == -ERESTART || error == -EINTR ? -EAGAIN : error;
}

}  // namespace lvs::nat
