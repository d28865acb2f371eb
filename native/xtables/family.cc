#include "xtables/family.h"

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <sys/socket.h>

namespace lvs::xtables {

// A 32-bit program on a 64-bit kernel gets other layouts for the matches and targets that hold
// pointers or longs; bytes copied between the two would be silently wrong.
static_assert(sizeof(void*) == 8, "the x_tables layouts are those of 64-bit Linux");
static_assert(sizeof(ipt_entry) == 112 && sizeof(ip6t_entry) == 168);

// One code path reads and writes both families because their control structures agree.
static_assert(IPT_SO_GET_INFO == IP6T_SO_GET_INFO && IPT_SO_GET_ENTRIES == IP6T_SO_GET_ENTRIES);
static_assert(IPT_SO_SET_REPLACE == IP6T_SO_SET_REPLACE);
static_assert(IPT_SO_SET_ADD_COUNTERS == IP6T_SO_SET_ADD_COUNTERS);
static_assert(sizeof(ipt_getinfo) == sizeof(ip6t_getinfo));
static_assert(sizeof(ipt_get_entries) == sizeof(ip6t_get_entries));
static_assert(sizeof(ipt_replace) == sizeof(ip6t_replace));
static_assert(offsetof(ipt_replace, counters) == offsetof(ip6t_replace, counters));
static_assert(IPT_INV_VIA_IN == IP6T_INV_VIA_IN && IPT_INV_VIA_OUT == IP6T_INV_VIA_OUT &&
              IPT_INV_SRCIP == IP6T_INV_SRCIP && IPT_INV_DSTIP == IP6T_INV_DSTIP &&
              IPT_INV_FRAG == IP6T_INV_FRAG && IPT_INV_PROTO == IP6T_INV_PROTO);

constexpr Family kIpv4 = {
    AF_INET,
    IPPROTO_IP,
    sizeof(ipt_entry),
    sizeof(in_addr),
    offsetof(ipt_entry, ip.src),
    offsetof(ipt_entry, ip.dst),
    offsetof(ipt_entry, ip.smsk),
    offsetof(ipt_entry, ip.dmsk),
    offsetof(ipt_entry, ip.iniface),
    offsetof(ipt_entry, ip.outiface),
    offsetof(ipt_entry, ip.iniface_mask),
    offsetof(ipt_entry, ip.outiface_mask),
    offsetof(ipt_entry, ip.proto),
    offsetof(ipt_entry, ip.flags),
    offsetof(ipt_entry, ip.invflags),
    offsetof(ipt_entry, ip.invflags) + 1,
    offsetof(ipt_entry, target_offset),
    offsetof(ipt_entry, next_offset),
    offsetof(ipt_entry, counters),
    IPT_F_GOTO,
    0,
    IPT_F_FRAG,
    "ip_tables_names",
};

constexpr Family kIpv6 = {
    AF_INET6,
    IPPROTO_IPV6,
    sizeof(ip6t_entry),
    sizeof(in6_addr),
    offsetof(ip6t_entry, ipv6.src),
    offsetof(ip6t_entry, ipv6.dst),
    offsetof(ip6t_entry, ipv6.smsk),
    offsetof(ip6t_entry, ipv6.dmsk),
    offsetof(ip6t_entry, ipv6.iniface),
    offsetof(ip6t_entry, ipv6.outiface),
    offsetof(ip6t_entry, ipv6.iniface_mask),
    offsetof(ip6t_entry, ipv6.outiface_mask),
    offsetof(ip6t_entry, ipv6.proto),
    offsetof(ip6t_entry, ipv6.flags),
    offsetof(ip6t_entry, ipv6.invflags),
    offsetof(ip6t_entry, ipv6.invflags) + 1,
    offsetof(ip6t_entry, target_offset),
    offsetof(ip6t_entry, next_offset),
    offsetof(ip6t_entry, counters),
    IP6T_F_GOTO,
    IP6T_F_PROTO,
    0,
    "ip6_tables_names",
};

}  // namespace lvs::xtables
