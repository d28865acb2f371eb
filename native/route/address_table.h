// An address of a device: struct ifaddrmsg and the IFA_ attributes of <linux/if_addr.h>.
#pragma once

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "records/field.h"

namespace lvs::route {

inline constexpr Choice kFamilies[] = {{AF_INET, "ipv4"}, {AF_INET6, "ipv6"}};
inline constexpr Choice kScopes[] = {{RT_SCOPE_UNIVERSE, "global"},
                                     {RT_SCOPE_SITE, "site"},
                                     {RT_SCOPE_LINK, "link"},
                                     {RT_SCOPE_HOST, "host"},
                                     {RT_SCOPE_NOWHERE, "nowhere"}};
// IFA_F_SECONDARY is "secondary" in IPv4; IPv6 calls the same bit IFA_F_TEMPORARY.
inline constexpr Choice kAddressFlags[] = {{IFA_F_SECONDARY, "secondary"},
                                           {IFA_F_NODAD, "noDad"},
                                           {IFA_F_OPTIMISTIC, "optimistic"},
                                           {IFA_F_DADFAILED, "dadFailed"},
                                           {IFA_F_HOMEADDRESS, "homeAddress"},
                                           {IFA_F_DEPRECATED, "deprecated"},
                                           {IFA_F_TENTATIVE, "tentative"},
                                           {IFA_F_PERMANENT, "permanent"},
                                           {IFA_F_MANAGETEMPADDR, "manageTemporary"},
                                           {IFA_F_NOPREFIXROUTE, "noPrefixRoute"},
                                           {IFA_F_MCAUTOJOIN, "autoJoin"},
                                           {IFA_F_STABLE_PRIVACY, "stablePrivacy"}};

inline constexpr Field kAddressFields[] = {
    header(u8("family", offsetof(ifaddrmsg, ifa_family))).named(kFamilies),
    header(u8("prefixLength", offsetof(ifaddrmsg, ifa_prefixlen))),
    header(u8("scope", offsetof(ifaddrmsg, ifa_scope))).named(kScopes),
    header(device("device", offsetof(ifaddrmsg, ifa_index))),
    header(u32("deviceIndex", offsetof(ifaddrmsg, ifa_index))),
    // The address itself in IPv4; absent in IPv6 unless there is a peer.
    address("local", IFA_LOCAL),
    // The peer where there is one, and the address again where there is none.
    address("address", IFA_ADDRESS),
    address("broadcast", IFA_BROADCAST),
    text("label", IFA_LABEL, IFNAMSIZ),
    u32("flags", IFA_FLAGS).named(kAddressFlags),
    u32("metric", IFA_RT_PRIORITY),
    u8("protocol", IFA_PROTO),
    structure("lifetimes", IFA_CACHEINFO, sizeof(ifa_cacheinfo)),
    header(u32("preferredLifetime", offsetof(ifa_cacheinfo, ifa_prefered))).inside("lifetimes"),
    header(u32("validLifetime", offsetof(ifa_cacheinfo, ifa_valid))).inside("lifetimes"),
    // When the lifetimes were given, in hundredths of a second since the kernel started.
    header(u32("updated", offsetof(ifa_cacheinfo, tstamp))).inside("lifetimes"),
};
inline constexpr auto kAddressLayout = layOut(kAddressFields, sizeof(ifaddrmsg));
inline constexpr Table kAddress = tableOf("address", kAddressLayout);

}  // namespace lvs::route
