// What a kernel and a namespace have to offer, seen without leaving a trace.
#pragma once

#include "nat/legacy_ruleset.h"
#include "nftables/connection.h"

namespace lvs::nat {

struct Sight {
  bool legacyIpv4 = false;
  bool legacyIpv6 = false;
  bool nftIpv4 = false;
  bool nftIpv6 = false;
  int nftError = 0;
};
Sight lookAround(nftables::Connection& connection);

// 0 when the kernel has legacy x_tables with REDIRECT, else a negative errno. Creates no table.
int probeLegacy(LegacySockets& sockets, const xtables::Family& family, Detail* detail);

// 0 when the ruleset would take a REDIRECT rule: the kernel checks a transaction that is never
// committed.
int probeRuleset(Ruleset& ruleset, Detail* detail);

}  // namespace lvs::nat
