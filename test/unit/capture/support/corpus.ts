// One frame of each kind, by name. tcpdump is asked about the same ones.
import {
  arp,
  bytes,
  ethernet,
  extension,
  flags,
  fragment,
  icmp,
  ip4,
  ip6,
  ipv4,
  ipv6,
  macs,
  tag,
  tcp,
  text,
  u16,
  u32,
  udp,
} from './build.js';

const none = '00:00:00:00:00:00';
const data = text('0123456789');

const syn = tcp(40_000, 80, {
  flags: flags.syn,
  options: [2, 4, 5, 180, 4, 2, 8, 10, ...u32(1), ...u32(0), 1, 3, 3, 7],
});
const synAck = tcp(80, 40_000, {
  flags: flags.syn | flags.ack,
  sequence: 7000,
  acknowledgement: 1001,
  options: [2, 4, 5, 180],
});
const request = tcp(
  40_000,
  80,
  { flags: flags.psh | flags.ack, sequence: 1001, acknowledgement: 7001 },
  text('GET / HTTP/1.1\r\nHost: example\r\n\r\n'),
);
const inner = ipv4(6, syn, { source: '192.0.2.9', destination: '10.0.0.1' });

export const corpus: readonly (readonly [name: string, frame: Uint8Array])[] = [
  ['ARP request', ethernet(0x08_06, arp(1, [macs.client, '10.0.0.1'], [none, '10.0.0.2']))],
  ['ARP reply', ethernet(0x08_06, arp(2, [macs.director, '10.0.0.2'], [macs.client, '10.0.0.1']))],
  ['gratuitous ARP', ethernet(0x08_06, arp(1, [macs.client, '10.0.0.1'], [none, '10.0.0.1']))],
  ['ARP probe', ethernet(0x08_06, arp(1, [macs.client, '0.0.0.0'], [none, '10.0.0.3']))],
  [
    'ARP request to one',
    ethernet(0x08_06, arp(1, [macs.client, '10.0.0.1'], [macs.director, '10.0.0.2'])),
  ],
  ['TCP SYN', ip4(ipv4(6, syn))],
  ['TCP SYN ACK', ip4(ipv4(6, synAck, { source: '10.0.0.2', destination: '10.0.0.1' }))],
  ['TCP ACK', ip4(ipv4(6, tcp(40_000, 80, { sequence: 1001, acknowledgement: 7001 })))],
  ['HTTP request', ip4(ipv4(6, request))],
  [
    'TCP data',
    ip4(ipv4(6, tcp(40_001, 8080, { flags: flags.psh | flags.ack, acknowledgement: 5 }, data))),
  ],
  [
    'TCP FIN',
    ip4(
      ipv4(
        6,
        tcp(40_000, 80, { flags: flags.fin | flags.ack, sequence: 1040, acknowledgement: 7001 }),
      ),
    ),
  ],
  ['TCP RST', ip4(ipv4(6, tcp(80, 40_002, { flags: flags.rst })))],
  ['TCP all flags', ip4(ipv4(6, tcp(1, 2, { flags: 0xff, urgent: 9 })))],
  ['TCP no flags', ip4(ipv4(6, tcp(1, 2, { flags: 0 })))],
  [
    'TCP selective acknowledgement',
    ip4(
      ipv4(
        6,
        tcp(40_000, 80, {
          sequence: 1001,
          acknowledgement: 7001,
          options: [1, 1, 5, 18, ...u32(7101), ...u32(7201), ...u32(7301), ...u32(7401)],
        }),
      ),
    ),
  ],
  ['TCP unknown option', ip4(ipv4(6, tcp(1, 2, { options: [200, 4, 1, 2, 0, 0, 0, 0] })))],
  ['TCP bad option', ip4(ipv4(6, tcp(1, 2, { options: [2, 9, 5, 180] })))],
  ['UDP', ip4(ipv4(17, udp(1111, 2222, data)))],
  ['UDP without data', ip4(ipv4(17, udp(1111, 2222)))],
  ['SCTP', ip4(ipv4(132, bytes(u16(1111), u16(80), u32(1), u32(0))))],
  ['IPv4 options', ip4(ipv4(6, tcp(40_000, 80), { options: [0x94, 4, 0, 0] }))],
  ['ICMP echo request', ip4(ipv4(1, icmp(8, 0, [...u16(7), ...u16(1)], data)))],
  ['ICMP echo reply', ip4(ipv4(1, icmp(0, 0, [...u16(7), ...u16(1)], data)))],
  ['ICMP port unreachable', ip4(ipv4(1, icmp(3, 3, u32(0), ipv4(17, udp(1111, 2222)))))],
  ['ICMP host unreachable', ip4(ipv4(1, icmp(3, 1, u32(0), inner)))],
  ['ICMP fragmentation needed', ip4(ipv4(1, icmp(3, 4, u32(1400), inner)))],
  ['ICMP redirect', ip4(ipv4(1, icmp(5, 1, [10, 0, 0, 9], inner)))],
  ['ICMP time exceeded', ip4(ipv4(1, icmp(11, 0, u32(0), inner)))],
  ['first fragment', ip4(ipv4(17, udp(1111, 2222, data), { fragment: 0x20_00 }))],
  ['later fragment', ip4(ipv4(17, udp(1111, 2222, data), { fragment: 0x00_05 }))],
  ['later TCP fragment', ip4(ipv4(6, syn, { fragment: 0x20_05 }))],
  ['IP in IP', ip4(ipv4(4, inner))],
  ['IPv6 in IP', ip4(ipv4(41, ipv6(17, udp(5, 6, data))))],
  ['GRE', ip4(ipv4(47, bytes([0, 0, ...u16(0x08_00)], inner)))],
  ['GRE with checksum', ip4(ipv4(47, bytes([0x80, 0, ...u16(0x08_00), 0xab, 0xcd, 0, 0], inner)))],
  [
    'GRE with key and sequence',
    ip4(ipv4(47, bytes([0x30, 0, ...u16(0x08_00), ...u32(77), ...u32(3)], inner))),
  ],
  ['GUE', ip4(ipv4(17, udp(5555, 6080, bytes([0, 4, 0, 0], inner))))],
  ['unknown protocol', ip4(ipv4(253, data))],
  ['IPv6 TCP SYN', ip6(ipv6(6, syn))],
  ['IPv6 HTTP request', ip6(ipv6(6, request))],
  ['IPv6 UDP', ip6(ipv6(17, udp(1111, 2222, data)))],
  ['IPv6 with flow label', ip6(ipv6(17, udp(1111, 2222), { flow: 0x1_23_45 }))],
  ['ICMPv6 echo request', ip6(ipv6(58, icmp(128, 0, [...u16(7), ...u16(1)], data)))],
  ['ICMPv6 echo reply', ip6(ipv6(58, icmp(129, 0, [...u16(7), ...u16(1)], data)))],
  [
    'neighbour solicitation',
    ip6(
      ipv6(
        58,
        icmp(135, 0, u32(0), bytes(new Array<number>(15).fill(0), 9, [1, 1, 2, 0, 0, 0, 0, 1])),
      ),
    ),
  ],
  [
    'neighbour advertisement',
    ip6(
      ipv6(
        58,
        icmp(
          136,
          0,
          u32(0x60_00_00_00),
          bytes([0x20, 1, 0xd, 0xb8], new Array<number>(11).fill(0), 9),
        ),
      ),
    ),
  ],
  ['ICMPv6 unreachable', ip6(ipv6(58, icmp(1, 4, u32(0), ipv6(17, udp(1111, 2222)))))],
  ['ICMPv6 packet too big', ip6(ipv6(58, icmp(2, 0, u32(1400), ipv6(17, udp(1111, 2222)))))],
  ['ICMPv6 time exceeded', ip6(ipv6(58, icmp(3, 0, u32(0), ipv6(17, udp(1111, 2222)))))],
  ['IPv6 destination options', ip6(ipv6(60, extension(17, udp(1111, 2222, data))))],
  ['IPv6 first fragment', ip6(ipv6(44, fragment(17, 0, true, udp(1111, 2222, data))))],
  ['IPv6 later fragment', ip6(ipv6(44, fragment(17, 1480, false, data)))],
  ['IPv6 in IPv6', ip6(ipv6(41, ipv6(6, syn)))],
  ['IP in IPv6', ip6(ipv6(4, inner))],
  ['IPv6 no next header', ip6(ipv6(59, new Uint8Array()))],
  ['VLAN', ethernet(0x81_00, tag(0x60_64, 0x08_00, ipv4(6, syn)))],
  [
    'VLAN ARP',
    ethernet(0x81_00, tag(100, 0x08_06, arp(1, [macs.client, '10.0.0.1'], [none, '10.0.0.2']))),
  ],
  ['two tags', ethernet(0x88_a8, tag(7, 0x81_00, tag(8, 0x08_00, ipv4(17, udp(1111, 2222)))))],
  ['unknown type', ethernet(0x12_34, data)],
];
