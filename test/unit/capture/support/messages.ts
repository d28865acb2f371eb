// Messages of ARP, ICMP and ICMPv6 of every kind that tcpdump tells apart, and headers before them.
import {
  arp,
  bytes,
  ethernet,
  extension,
  icmp,
  ip6,
  ipv4,
  ipv6,
  macs,
  tcp,
  text,
  u16,
  u32,
  udp,
} from './build.js';

const icmp4 = (...message: Parameters<typeof icmp>): Uint8Array =>
  ethernet(0x08_00, ipv4(1, icmp(...message)));
const icmp6 = (...message: Parameters<typeof icmp>): Uint8Array => ip6(ipv6(58, icmp(...message)));
const group = bytes([0xff, 0x02], new Array<number>(13).fill(0), 5);
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const data = text('0123456789');
const quoted4 = ipv4(17, udp(1111, 2222));
const quoted6 = ipv6(17, udp(1111, 2222));
const between = (operation: number): Uint8Array =>
  ethernet(0x08_06, arp(operation, [macs.client, '10.0.0.1'], [macs.director, '10.0.0.2']));
const routed = (units: number, type: number, rest: Uint8Array): Uint8Array =>
  ip6(ipv6(43, bytes([17, units, type, 1], rest, udp(1111, 2222, data))));
const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export const messages: readonly (readonly [name: string, frame: Uint8Array])[] = [
  ...[3, 4, 8, 9, 10].map((operation) => [`ARP ${operation}`, between(operation)] as const),
  ['IPv6 without room for a header', ethernet(0x08_00, ipv4(41, zeros(12)))],
  ['IPv4 without room for a header', ethernet(0x08_00, ipv4(4, bytes([0x45], zeros(11))))],
  ['ICMP in IPv6', ip6(ipv6(1, icmp(8, 0, u32(0))))],
  ['ICMP unreachable SCTP', icmp4(3, 3, u32(0), ipv4(132, bytes(u16(1), u16(80), u32(1))))],
  ['ICMP unreachable protocol', icmp4(3, 2, u32(0), ipv4(253, data))],
  ['ICMP fragmentation needed, no MTU', icmp4(3, 4, u32(0), quoted4)],
  ...times(17).map(
    (code) => [`ICMP unreachable ${code}`, icmp4(3, code, u32(0), quoted4)] as const,
  ),
  ...times(5).map((code) => [`ICMP redirect ${code}`, icmp4(5, code, u32(0), quoted4)] as const),
  ...times(3).map((code) => [`ICMP time ${code}`, icmp4(11, code, u32(0), quoted4)] as const),
  ['ICMP parameter problem', icmp4(12, 0, [20, 0, 0, 0], quoted4)],
  ['ICMP parameter problem, option missing', icmp4(12, 1, u32(0), quoted4)],
  ['ICMP time stamp', icmp4(13, 0, [...u16(7), ...u16(1)], zeros(12))],
  ['ICMP source quench', icmp4(4, 0, u32(0), quoted4)],
  ['ICMP information request', icmp4(15, 0, u32(0))],
  ['ICMP information reply', icmp4(16, 0, u32(0))],
  ['ICMP address mask request', icmp4(17, 0, u32(0), zeros(4))],
  ['ICMP address mask', icmp4(18, 0, u32(0), bytes(0xff, 0xff, 0xff, 0))],
  ...times(7).map(
    (code) => [`ICMPv6 unreachable ${code}`, icmp6(1, code, u32(0), quoted6)] as const,
  ),
  ['ICMPv6 unreachable TCP', icmp6(1, 4, u32(0), ipv6(6, tcp(1, 2)))],
  ['ICMPv6 unreachable SCTP', icmp6(1, 4, u32(0), ipv6(132, bytes(u16(1), u16(80), u32(1))))],
  ...times(3).map((code) => [`ICMPv6 time ${code}`, icmp6(3, code, u32(0), quoted6)] as const),
  ...times(5).map((code) => [`ICMPv6 parameter ${code}`, icmp6(4, code, u32(6), quoted6)] as const),
  ['multicast listener query', icmp6(130, 0, [...u16(1000), 0, 0], group)],
  ['multicast listener query, too short', icmp6(130, 0, [...u16(1000), 0, 0], group.subarray(4))],
  ['multicast listener query of version 2', icmp6(130, 0, u32(0), bytes(group, u32(0)))],
  [
    'multicast listener query of version 2, sources',
    icmp6(130, 0, u32(0), bytes(group, u32(1), group)),
  ],
  [
    'multicast listener query of version 2, too few sources',
    icmp6(130, 0, u32(0), bytes(group, u32(2), group)),
  ],
  ['multicast listener report', icmp6(131, 0, u32(0), group)],
  ['multicast listener done', icmp6(132, 0, u32(0), group)],
  [
    'multicast listener report of version 2',
    icmp6(143, 0, [0, 0, ...u16(1)], bytes([4, 0, 0, 0], group)),
  ],
  ['multicast listener report of version 2, too short', icmp6(143, 0, [])],
  ['router solicitation', icmp6(133, 0, u32(0))],
  ['router advertisement', icmp6(134, 0, [64, 0, ...u16(1800)], zeros(8))],
  ['ICMPv6 redirect', icmp6(137, 0, u32(0), bytes(group, group))],
  [
    'TCP between equal ports',
    ethernet(0x08_00, ipv4(6, tcp(4001, 4001, { sequence: 5, acknowledgement: 9 }, data))),
  ],
  [
    'TCP between equal ports, back',
    ethernet(
      0x08_00,
      ipv4(6, tcp(4001, 4001, { sequence: 9, acknowledgement: 15 }), {
        source: '10.0.0.2',
        destination: '10.0.0.1',
      }),
    ),
  ],
  [
    'TCP options that end early, data',
    ethernet(0x08_00, ipv4(6, tcp(80, 2, { options: [0, 9, 9, 9] }, data))),
  ],
  ['IPv6 hop-by-hop', ip6(ipv6(0, extension(17, udp(1111, 2222, data))))],
  ['IPv6 hop-by-hop, no length', ip6(ipv6(0, extension(17, udp(1111, 2222)), { length: 0 }))],
  ['IPv6 options, no length', ip6(ipv6(60, extension(17, udp(1111, 2222)), { length: 0 }))],
  ['IPv6 options beyond the end', ip6(ipv6(60, extension(17, udp(1111, 2222)), { length: 4 }))],
  ['IPv6 routing', routed(2, 0, bytes(u32(0), group))],
  ['IPv6 routing, reserved', routed(2, 0, bytes(u32(7), group))],
  ['IPv6 routing, half an address', routed(1, 0, bytes(u32(0), group.subarray(8)))],
  ['IPv6 routing, beyond the end', routed(20, 0, bytes(u32(0), group))],
  ['IPv6 routing to a mobile node', routed(2, 2, bytes(u32(0), group))],
  ['IPv6 segments', routed(4, 4, bytes([1, 9, 0x12, 0x34], group, group))],
  ['IPv6 no segments', routed(0, 4, bytes(u32(0)))],
  ['IPv6 routing of another type', routed(2, 3, bytes(u32(0), group))],
];
