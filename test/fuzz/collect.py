"""Real answers of a real kernel, as seeds for the fuzz targets: collect.py WHAT FOLDER, inside a kernel
of the lab. WHAT is `ipvs`, `route`, `connections`, `xtables`, `capture` or `netfilter`. Needs the
shell's own tools only: nothing of the library is asked."""

import ctypes
import mmap
import os
import socket
import struct
import subprocess
import sys
import time

what, folder = sys.argv[1:]
folder = os.path.join(folder, what)
os.makedirs(folder, exist_ok=True)


def sh(script):
    subprocess.run(["sh", "-ec", script], check=True, stdout=subprocess.DEVNULL)


def write(name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def attribute(kind, data):
    size = 4 + len(data)
    return struct.pack("=HH", size, kind) + data + bytes(-size % 4)


class Netlink:
    """Asks, and gives back the datagrams of the answer."""

    def __init__(self, protocol):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self.socket.bind((0, 0))
        self.socket.settimeout(2)
        self.sequence = 0

    def ask(self, kind, body, flags=0):
        self.sequence += 1
        header = struct.pack("=IHHII", 16 + len(body), kind, 1 | flags, self.sequence, 0)
        self.socket.send(header + body)
        datagrams = []
        while True:
            datagrams.append(self.socket.recv(1 << 17))
            _, last, last_flags, _, _ = struct.unpack_from("=IHHII", datagrams[-1])
            if not flags & 0x300 or last in (2, 3) or self.ends(datagrams[-1]):
                return datagrams

    @staticmethod
    def ends(datagram):
        at = 0
        while at + 16 <= len(datagram):
            size, kind = struct.unpack_from("=IH", datagram, at)
            if kind in (2, 3):
                return True
            at += (size + 3) & ~3
        return False


DUMP = 0x300


def answers(*lots):
    return b"".join(struct.pack("=H", len(one)) + one for lot in lots for one in lot)


def ipvs():
    sh("""modprobe ip_vs; ip link set lo up
      ipvsadm -A -t 10.0.0.1:80 -s rr
      ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -x 9 -y 3; ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.30:80 -i
      ipvsadm -A -u 10.0.0.1:53 -s sh -p 300 -M 255.255.255.0 -o; ipvsadm -a -u 10.0.0.1:53 -r 10.0.0.20:5353 -m
      ipvsadm -A -f 7 -s wrr; ipvsadm -A -t [2001:db8::1]:443 -s lc -p 60 -M 64
      ipvsadm -a -t [2001:db8::1]:443 -r [2001:db8::2]:443 -g
      ipvsadm --start-daemon master --mcast-interface lo --syncid 5""")
    netlink = Netlink(16)
    family = netlink.ask(16, struct.pack("=BBH", 3, 1, 0) + attribute(2, b"IPVS\0"))
    kind = struct.unpack_from("=H", family[0][family[0].index(b"\x06\x00\x01\x00") + 4:])[0]
    service = struct.pack("=HHHH", 6, 1, 2, 0) + struct.pack("=HHHH", 6, 2, 6, 0)
    service += attribute(3, socket.inet_aton("10.0.0.1") + bytes(12)) + attribute(4, struct.pack("!H", 80))
    for name, operation, command, more, flags in [
        ("services", 4, 4, b"", DUMP),
        ("service", 3, 4, attribute(0x8001, service), 0),
        ("dests", 8, 8, attribute(0x8001, service), DUMP),
        ("daemons", 11, 11, b"", DUMP),
        ("timeouts", 13, 13, b"", 0),
        ("info", 14, 15, b"", 0),
        ("refusal", 5, 8, b"", DUMP),
    ]:
        lots = netlink.ask(kind, struct.pack("=BBH", command, 1, 0) + more, flags)
        write(name, bytes([0, operation]) + answers(lots))
    write("family", bytes([4, 4]) + answers(family, lots))


def route():
    sh("""ip link set lo up; ip link add br0 type bridge; ip link add veth0 type veth peer name veth1
      ip link set veth0 master br0 up; ip link set veth1 up; ip link set br0 up
      ip link add tun1 type ipip local 10.9.0.1 remote 10.9.0.2; ip link add gre1 type gre local 10.9.0.1 key 7
      ip link add mac0 link veth1 type macvlan mode bridge; ip link add dum0 type dummy; ip link set dum0 up
      ip link add link veth1 name vlan5 type vlan id 5
      ip address add 10.0.0.1/24 dev veth1 label veth1:1 valid_lft 100 preferred_lft 50
      ip address add 2001:db8::1/64 dev veth1 nodad; ip address add 192.0.2.1 peer 192.0.2.2 dev tun1
      ip route add 203.0.113.0/24 nexthop via 10.0.0.2 weight 2 nexthop via 10.0.0.3
      ip route add 2001:db8:1::/48 via 2001:db8::2 metric 7; ip route add blackhole 198.51.100.0/24
      ip route add 10.1.0.0/16 via 10.0.0.2 mtu 1400 table 100
      ip rule add fwmark 7/0xff lookup 100; ip rule add from 10.0.0.0/24 iif veth1 priority 50 prohibit
      ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev veth1""")
    events = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    events.bind((0, 0x1 | 0x4 | 0x10 | 0x40 | 0x100 | 0x400))
    events.settimeout(0.3)
    netlink = Netlink(0)
    for name, operation, kind, size in [
        ("links", 8, 18, 16), ("addresses", 3, 22, 8), ("routes", 13, 26, 12),
        ("rules", 16, 34, 12), ("neighbours", 20, 30, 12),
    ]:
        write(name, bytes([0, operation]) + answers(netlink.ask(kind, bytes(size), DUMP)))
    link = struct.pack("=BBHiII", 0, 0, 0, socket.if_nametoindex("veth0"), 0, 0)
    write("link", bytes([0, 7]) + answers(netlink.ask(18, link)))
    one = struct.pack("=BBBBBBBBI", 2, 32, 0, 0, 0, 0, 0, 0, 0) + attribute(1, socket.inet_aton("203.0.113.9"))
    write("route", bytes([0, 12]) + answers(netlink.ask(26, one)))
    sh("""ip address add 10.0.0.5/24 dev veth1; ip link set dum0 down; ip link del mac0; ip link set vlan5 name other
      ip route del blackhole 198.51.100.0/24; ip neigh del 10.0.0.9 dev veth1; ip address del 10.0.0.5/24 dev veth1""")
    announced = []
    try:
        while True:
            announced.append(events.recv(1 << 16))
    except TimeoutError:
        pass
    write("events", bytes([1, 21]) + answers(announced))


def connections():
    sh("""modprobe ip_vs; modprobe ip_vs_ftp || true; ip link set lo up; ip address add 10.0.0.1/32 dev lo
      ipvsadm -A -t 10.0.0.1:80 -s rr -p 60; ipvsadm -a -t 10.0.0.1:80 -r 127.0.0.1:81 -m
      ipvsadm -A -u 10.0.0.1:53 -s rr; ipvsadm -a -u 10.0.0.1:53 -r 127.0.0.1:54 -m""")
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 81))
        server.listen()
        client.settimeout(1)
        try:
            client.connect(("10.0.0.1", 80))
        except OSError:
            pass
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.sendto(b"x", ("10.0.0.1", 53))
        for source, name in enumerate(["ip_vs_conn", "ip_vs_conn_sync"]):
            with open(f"/proc/net/{name}", "rb") as file:
                write(name, bytes([source]) + file.read())


def xtables():
    sh("""iptables-legacy -t nat -A PREROUTING -d 10.0.0.1 -p tcp --dport 80 -j REDIRECT --to-ports 8080
      iptables-legacy -t nat -N mine; iptables-legacy -t nat -A mine -p tcp -m multiport --dports 80,443:500 -j RETURN
      iptables-legacy -t nat -A OUTPUT -m mark --mark 7/0xff -j mine
      iptables-legacy -t nat -A INPUT -s 10.0.0.0/8 -m comment --comment "a comment" -j ACCEPT
      iptables-legacy -t nat -A PREROUTING ! -i lo -p udp --sport 1:9 -j DNAT --to-destination 10.0.0.9
      ip6tables-legacy -t nat -A PREROUTING -d 2001:db8::1 -p tcp --dport 80 -j REDIRECT""")
    for name, family, level in [("ipv4", socket.AF_INET, 0), ("ipv6", socket.AF_INET6, 41)]:
        with socket.socket(family, socket.SOCK_RAW, 255) as raw:
            # struct ipt_getinfo: name, hooks, entry points, underflows, number of entries, size
            info = bytearray(b"nat".ljust(32, b"\0") + bytes(52))
            size = ctypes.c_uint32(len(info))
            buffer = (ctypes.c_char * len(info)).from_buffer(info)
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.getsockopt(raw.fileno(), level, 64, buffer, ctypes.byref(size)) != 0:
                raise OSError(ctypes.get_errno())
            hooks, *rest = struct.unpack_from("=I5I5III", info, 32)
            entry, underflow, count, length = rest[:5], rest[5:10], rest[10], rest[11]
            table = bytearray(b"nat".ljust(32, b"\0") + struct.pack("=I4x", length) + bytes(length))
            size = ctypes.c_uint32(len(table))
            buffer = (ctypes.c_char * len(table)).from_buffer(table)
            if libc.getsockopt(raw.fileno(), level, 65, buffer, ctypes.byref(size)) != 0:
                raise OSError(ctypes.get_errno())
            places = b"".join(struct.pack("=HH", a // 8 & 0xffff, b // 8 & 0xffff) for a, b in zip(entry, underflow))
            header = bytes([family != socket.AF_INET, hooks]) + places + bytes([count])
            write(name, header + bytes(table[40:]))


def capture():
    sh("""ip link add near type veth peer name far; for d in near far; do
      [ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/$d/disable_ipv6; ip link set $d up; done""")
    frames = [bytes(12) + b"\x08\x00" + bytes(46), bytes(12) + b"\x81\x00\x00\x64\x08\x00" + bytes(60)]
    for version, name in [(1, "slots"), (2, "block")]:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as packets:
            packets.setsockopt(263, 10, version)  # SOL_PACKET, PACKET_VERSION
            ring = struct.pack("=IIII", 4096, 2, 2048, 4)
            packets.setsockopt(263, 5, ring + (struct.pack("=III", 10, 0, 0) if version == 2 else b""))
            memory = mmap.mmap(packets.fileno(), 8192)
            packets.bind(("far", 3))
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
                out.bind(("near", 0))
                for frame in frames:
                    out.send(frame)
            time.sleep(0.1)
            start = struct.unpack_from("=I", memory, 16)[0] if version == 2 else 0
            write(name, bytes([64, version == 1]) + memory[start:start + 600])
            if version == 1:
                write("second-slot", bytes([1, 1]) + memory[2048:2048 + 600])


def netfilter():
    sh("""ip link set lo up; iptables-nft -t nat -N mine
      iptables-nft -t nat -A PREROUTING -d 10.0.0.1 -p tcp --dport 80 -j REDIRECT --to-ports 8080
      iptables-nft -t nat -A PREROUTING -d 10.0.0.0/24 ! -i lo -p udp -m multiport --dports 80,443:500 -j REDIRECT
      iptables-nft -t nat -A OUTPUT -m mark --mark 7/0xff -m comment --comment "a comment" -j mine
      iptables-nft -t nat -A mine -s 10.0.0.0/8 -j RETURN
      ip6tables-nft -t nat -A PREROUTING -d 2001:db8::1 -p tcp --dport 80 -j REDIRECT
      nft add table ip lvs; nft add table ip6 lvs
      for f in ip ip6; do nft "add chain $f lvs PREROUTING { type nat hook prerouting priority dstnat; }"; done
      nft add chain ip lvs other; nft 'add rule ip lvs other tcp dport { 80, 443 } counter accept'
      nft 'add rule ip lvs PREROUTING ip daddr 10.0.0.1 tcp dport 80 counter redirect to :8080'
      nft 'add rule ip lvs PREROUTING ip saddr 10.0.0.0/9 meta mark and 0xff == 7 redirect'
      nft 'add rule ip lvs PREROUTING udp dport 5-9 iifname "eth*" redirect'
      nft add rule ip lvs PREROUTING jump other
      nft add rule ip6 lvs PREROUTING ip6 daddr 2001:db8::1 counter redirect
      """)
    for family, ipv6, dialect, table in [
        (2, 0, 0, b"nat\0"), (10, 1, 0, b"nat\0"), (2, 0, 1, b"lvs\0"), (10, 1, 1, b"lvs\0"),
    ]:
        netlink = Netlink(12)
        generation = netlink.ask(10 << 8 | 16, struct.pack("=BBH", 0, 0, 0))
        head = struct.pack("=BBH", family, 0, 0)
        chains = netlink.ask(10 << 8 | 4, head, DUMP)
        rules = netlink.ask(10 << 8 | 7, head + attribute(1, table), DUMP)
        name = f"{'compat' if dialect == 0 else 'native'}-{'ipv6' if ipv6 else 'ipv4'}"
        write(name, bytes([0, dialect << 1 | ipv6]) + answers(generation, chains, rules))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket() as other, socket.socket() as server:
        one.sendto(b"x", ("127.0.0.1", 53))
        server.bind(("127.0.0.1", 80))
        server.listen()
        other.connect(("127.0.0.1", 80))
        netlink = Netlink(12)
        tracked = netlink.ask(1 << 8 | 1, struct.pack("=BBH", 2, 0, 0), DUMP)
        write("tracked", bytes([0, 4]) + answers(tracked))


{"ipvs": ipvs, "route": route, "connections": connections, "xtables": xtables, "capture": capture,
 "netfilter": netfilter}[what]()
