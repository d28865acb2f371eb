// What nf_tables announces of nat rules: each transaction's changes, then who it was of.
#pragma once

#include <linux/netfilter/nfnetlink.h>

#include "nat/rule_tables.h"
#include "netlink/subscriptions.h"
#include "nftables/connection.h"

namespace lvs::nat {

inline constexpr Choice kGroups[] = {{netlink::groupBit(NFNLGRP_NFTABLES), "nftables"}};
inline constexpr auto kWatchLayout = netlink::watchLayout(kGroups);
inline constexpr Table kWatchTable = tableOf("watch", kWatchLayout);

enum class EventWord : uint8_t { kRule, kTable, kCommit };
inline constexpr Choice kEventChoices[] = {
    {number(EventWord::kRule), "rule"},      // whose records follow
    {number(EventWord::kTable), "table"},    // a table or a chain
    {number(EventWord::kCommit), "commit"},  // the end of a transaction, of whatever tables
};

constexpr uint16_t kProcessNameSize = 16;  // TASK_COMM_LEN

inline constexpr Field kEventFields[] = {
    u8("kind", 0).named(kEventChoices),
    u8("removed", 0),
    u8("family", 0).named(kFamilyChoices),
    u8("native", 0),  // in the table of our own, not in that of iptables
    u32("generation", 0),
    u32("process", 0),  // as the initial pid namespace numbers threads
    text("processName", 0, kProcessNameSize),
    u8("self", 0),  // done through this very handle
};
inline constexpr auto kEventLayout = layOut(kEventFields);
inline constexpr Table kEventTable = tableOf("event", kEventLayout);

class Events : public netlink::EventSource {
 public:
  // `own` is the connection that the handle makes its changes through.
  Events(uint16_t tableIndex, const nftables::Connection& own)
      : tableIndex_(tableIndex), own_(own) {}

  int readEvent(const netlink::Message& message, netlink::Devices& devices,
                ResultWriter& results) override;

 private:
  void commit(const netlink::Message& message, ResultWriter& results);

  const uint16_t tableIndex_;
  const nftables::Connection& own_;
};

}  // namespace lvs::nat
