// The field tables of the IPVS family: what <linux/ip_vs.h> says, object by object.
#pragma once

#include <linux/ip_vs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "records/field.h"

namespace lvs::ipvs {

inline constexpr Choice kFamilies[] = {{AF_INET, "ipv4"}, {AF_INET6, "ipv6"}};
inline constexpr Choice kProtocols[] = {
    {IPPROTO_TCP, "tcp"}, {IPPROTO_UDP, "udp"}, {IPPROTO_SCTP, "sctp"}};
inline constexpr Choice kForwarding[] = {{IP_VS_CONN_F_MASQ, "nat"},
                                         {IP_VS_CONN_F_LOCALNODE, "local"},
                                         {IP_VS_CONN_F_TUNNEL, "tun"},
                                         {IP_VS_CONN_F_DROUTE, "dr"},
                                         {IP_VS_CONN_F_BYPASS, "bypass"}};
// IP_VS_SVC_F_HASHED is the kernel's own: it is set on everything read back, and never written.
inline constexpr Choice kServiceFlags[] = {{IP_VS_SVC_F_PERSISTENT, "persistent"},
                                           {IP_VS_SVC_F_ONEPACKET, "onePacket"},
                                           {IP_VS_SVC_F_SCHED1, "flag-1"},
                                           {IP_VS_SVC_F_SCHED2, "flag-2"},
                                           {IP_VS_SVC_F_SCHED3, "flag-3"}};
inline constexpr Choice kTunnels[] = {{IP_VS_CONN_F_TUNNEL_TYPE_IPIP, "ipip"},
                                      {IP_VS_CONN_F_TUNNEL_TYPE_GUE, "gue"},
                                      {IP_VS_CONN_F_TUNNEL_TYPE_GRE, "gre"}};
inline constexpr Choice kChecksums[] = {{IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM, "none"},
                                        {IP_VS_TUNNEL_ENCAP_FLAG_CSUM, "full"},
                                        {IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM, "remote"}};
inline constexpr Choice kDaemonStates[] = {{IP_VS_STATE_MASTER, "master"},
                                           {IP_VS_STATE_BACKUP, "backup"}};

constexpr uint16_t kSchedulerSize = IP_VS_SCHEDNAME_MAXLEN;
constexpr uint16_t kEngineSize = IP_VS_PENAME_MAXLEN + 1;
constexpr uint16_t kInterfaceSize = IP_VS_IFNAME_MAXLEN;

inline constexpr Field kServiceFields[] = {
    u16("family", IPVS_SVC_ATTR_AF).named(kFamilies),
    u16("protocol", IPVS_SVC_ATTR_PROTOCOL).named(kProtocols),
    address("address", IPVS_SVC_ATTR_ADDR),
    be16("port", IPVS_SVC_ATTR_PORT),
    u32("fwmark", IPVS_SVC_ATTR_FWMARK),
    text("scheduler", IPVS_SVC_ATTR_SCHED_NAME, kSchedulerSize),
    flags("flags", IPVS_SVC_ATTR_FLAGS).named(kServiceFlags),
    u32("timeout", IPVS_SVC_ATTR_TIMEOUT),
    // One attribute, two meanings: a mask in network order (IPv4), a prefix length in host order
    // (IPv6). A request carries the one that fits its family.
    be32("netmask", IPVS_SVC_ATTR_NETMASK),
    u32("prefixLength", IPVS_SVC_ATTR_NETMASK),
    text("engine", IPVS_SVC_ATTR_PE_NAME, kEngineSize),
    nest("stats", IPVS_SVC_ATTR_STATS64),
    u64("connections", IPVS_STATS_ATTR_CONNS).inside("stats"),
    u64("inPackets", IPVS_STATS_ATTR_INPKTS).inside("stats"),
    u64("outPackets", IPVS_STATS_ATTR_OUTPKTS).inside("stats"),
    u64("inBytes", IPVS_STATS_ATTR_INBYTES).inside("stats"),
    u64("outBytes", IPVS_STATS_ATTR_OUTBYTES).inside("stats"),
    u64("connectionRate", IPVS_STATS_ATTR_CPS).inside("stats"),
    u64("inPacketRate", IPVS_STATS_ATTR_INPPS).inside("stats"),
    u64("outPacketRate", IPVS_STATS_ATTR_OUTPPS).inside("stats"),
    u64("inByteRate", IPVS_STATS_ATTR_INBPS).inside("stats"),
    u64("outByteRate", IPVS_STATS_ATTR_OUTBPS).inside("stats"),
};
inline constexpr auto kServiceLayout = layOut(kServiceFields);
inline constexpr Table kService = tableOf("service", kServiceLayout);

inline constexpr Field kDestFields[] = {
    u16("family", IPVS_DEST_ATTR_ADDR_FAMILY).named(kFamilies),
    address("address", IPVS_DEST_ATTR_ADDR),
    be16("port", IPVS_DEST_ATTR_PORT),
    u32("forwarding", IPVS_DEST_ATTR_FWD_METHOD).named(kForwarding),
    u32("weight", IPVS_DEST_ATTR_WEIGHT),
    u32("upperThreshold", IPVS_DEST_ATTR_U_THRESH),
    u32("lowerThreshold", IPVS_DEST_ATTR_L_THRESH),
    u8("tunnel", IPVS_DEST_ATTR_TUN_TYPE).named(kTunnels),
    be16("tunnelPort", IPVS_DEST_ATTR_TUN_PORT),
    u16("tunnelChecksum", IPVS_DEST_ATTR_TUN_FLAGS).named(kChecksums),
    u32("activeConnections", IPVS_DEST_ATTR_ACTIVE_CONNS),
    u32("inactiveConnections", IPVS_DEST_ATTR_INACT_CONNS),
    u32("persistentConnections", IPVS_DEST_ATTR_PERSIST_CONNS),
    nest("stats", IPVS_DEST_ATTR_STATS64),
    u64("connections", IPVS_STATS_ATTR_CONNS).inside("stats"),
    u64("inPackets", IPVS_STATS_ATTR_INPKTS).inside("stats"),
    u64("outPackets", IPVS_STATS_ATTR_OUTPKTS).inside("stats"),
    u64("inBytes", IPVS_STATS_ATTR_INBYTES).inside("stats"),
    u64("outBytes", IPVS_STATS_ATTR_OUTBYTES).inside("stats"),
    u64("connectionRate", IPVS_STATS_ATTR_CPS).inside("stats"),
    u64("inPacketRate", IPVS_STATS_ATTR_INPPS).inside("stats"),
    u64("outPacketRate", IPVS_STATS_ATTR_OUTPPS).inside("stats"),
    u64("inByteRate", IPVS_STATS_ATTR_INBPS).inside("stats"),
    u64("outByteRate", IPVS_STATS_ATTR_OUTBPS).inside("stats"),
};
inline constexpr auto kDestLayout = layOut(kDestFields);
inline constexpr Table kDest = tableOf("dest", kDestLayout);

inline constexpr Field kDaemonFields[] = {
    u32("state", IPVS_DAEMON_ATTR_STATE).named(kDaemonStates),
    text("device", IPVS_DAEMON_ATTR_MCAST_IFN, kInterfaceSize),
    u32("syncId", IPVS_DAEMON_ATTR_SYNC_ID),
    u16("maximumLength", IPVS_DAEMON_ATTR_SYNC_MAXLEN),
    address("group", IPVS_DAEMON_ATTR_MCAST_GROUP),
    address("group6", IPVS_DAEMON_ATTR_MCAST_GROUP6),
    u16("port", IPVS_DAEMON_ATTR_MCAST_PORT),
    u8("ttl", IPVS_DAEMON_ATTR_MCAST_TTL),
};
inline constexpr auto kDaemonLayout = layOut(kDaemonFields);
inline constexpr Table kDaemon = tableOf("daemon", kDaemonLayout);

inline constexpr Field kTimeoutsFields[] = {
    u32("tcp", IPVS_CMD_ATTR_TIMEOUT_TCP),
    u32("tcpFin", IPVS_CMD_ATTR_TIMEOUT_TCP_FIN),
    u32("udp", IPVS_CMD_ATTR_TIMEOUT_UDP),
};
inline constexpr auto kTimeoutsLayout = layOut(kTimeoutsFields);
inline constexpr Table kTimeouts = tableOf("timeouts", kTimeoutsLayout);

inline constexpr Field kInfoFields[] = {
    u32("version", IPVS_INFO_ATTR_VERSION),
    u32("connectionTableSize", IPVS_INFO_ATTR_CONN_TAB_SIZE),
};
inline constexpr auto kInfoLayout = layOut(kInfoFields);
inline constexpr Table kInfo = tableOf("info", kInfoLayout);

}  // namespace lvs::ipvs
