// A routing rule: struct fib_rule_hdr and the FRA_ attributes of <linux/fib_rules.h>.
#pragma once

#include <linux/fib_rules.h>

#include "route/route_table.h"

namespace lvs::route {

inline constexpr Choice kRuleActions[] = {{FR_ACT_TO_TBL, "lookup"},
                                          {FR_ACT_GOTO, "goto"},
                                          {FR_ACT_NOP, "nop"},
                                          {FR_ACT_BLACKHOLE, "blackhole"},
                                          {FR_ACT_UNREACHABLE, "unreachable"},
                                          {FR_ACT_PROHIBIT, "prohibit"}};
inline constexpr Choice kRuleFlags[] = {{FIB_RULE_PERMANENT, "permanent"},
                                        {FIB_RULE_INVERT, "not"},
                                        {FIB_RULE_UNRESOLVED, "unresolved"}};

inline constexpr Field kRuleFields[] = {
    header(u8("family", offsetof(fib_rule_hdr, family))).named(kFamilies),
    header(u8("toPrefixLength", offsetof(fib_rule_hdr, dst_len))),
    header(u8("fromPrefixLength", offsetof(fib_rule_hdr, src_len))),
    header(u8("tos", offsetof(fib_rule_hdr, tos))),
    header(u8("action", offsetof(fib_rule_hdr, action))).named(kRuleActions),
    header(u32("flags", offsetof(fib_rule_hdr, flags))).named(kRuleFlags),
    address("to", FRA_DST),
    address("from", FRA_SRC),
    text("inDevice", FRA_IIFNAME, IFNAMSIZ),
    text("outDevice", FRA_OIFNAME, IFNAMSIZ),
    u32("priority", FRA_PRIORITY),
    u32("mark", FRA_FWMARK),
    u32("mask", FRA_FWMASK),
    u32("table", FRA_TABLE).named(kRoutingTables),
    u32("target", FRA_GOTO),
    u8("protocol", FRA_PROTOCOL).named(kRouteProtocols),
};
inline constexpr auto kRuleLayout = layOut(kRuleFields, sizeof(fib_rule_hdr));
inline constexpr Table kRule = tableOf("rule", kRuleLayout);

}  // namespace lvs::route
