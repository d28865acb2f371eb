// A socket to nf_tables: dumps, questions and transactions.
#pragma once

#include "netlink/netfilter.h"
#include "nftables/batch.h"

namespace lvs::nftables {

class Connection : public netlink::NetfilterSocket {
 public:
  // The number of the ruleset's state, which every change moves on. -EPERM: CAP_NET_ADMIN is
  // missing; other errors: the kernel has no nf_tables.
  int generation(uint32_t* id);

  // A dump of the objects of nf_tables that the message asks for.
  template <typename Fill, typename OnRow>
  int list(uint8_t message, uint8_t family, Fill fill, OnRow onRow) {
    return dump(netlink::netfilterType(NFNL_SUBSYS_NFTABLES, message), family, fill, onRow);
  }

  uint32_t nextSequence() const { return sequence_; }
  // Sends a finished batch. 0; -ERESTART, the ruleset has moved on; -ECANCELED, messages were
  // refused: see `refusals`; or another negative errno that is the whole batch's.
  int transact(const Batch& batch, std::vector<Refusal>* refusals);
};

}  // namespace lvs::nftables
