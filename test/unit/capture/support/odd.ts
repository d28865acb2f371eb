// Frames whose headers contradict themselves.
import {
  bytes,
  ethernet,
  flags,
  icmp,
  ip4,
  ip6,
  ipv4,
  ipv6,
  tag,
  tcp,
  text,
  u16,
  u32,
  udp,
} from './build.js';

const data = text('0123456789');
const change = (frame: Uint8Array, at: number, value: number): Uint8Array =>
  Uint8Array.from(frame, (byte, index) => (index === at ? value : byte));
const plain = ip4(ipv4(17, udp(1111, 2222, data)));
const segment = ip4(ipv4(6, tcp(1, 2, {}, data)));

export const odd: readonly (readonly [name: string, frame: Uint8Array])[] = [
  ['IPv4 of another version', change(plain, 14, 0x55)],
  ['IPv6 in a frame for IPv4', change(plain, 14, 0x65)],
  ['IPv4 header too short', change(plain, 14, 0x43)],
  ['IPv4 length of 0', change(change(plain, 16, 0), 17, 0)],
  ['IPv4 length too small', change(change(plain, 16, 0), 17, 10)],
  ['IPv4 length too large', change(plain, 16, 9)],
  ['padding behind IPv4', bytes(plain, [0, 0, 0, 0, 0, 0])],
  ['UDP length too large', change(plain, 38, 9)],
  ['UDP length too small', change(change(plain, 38, 0), 39, 3)],
  ['UDP in too few bytes', ip4(ipv4(17, bytes(u16(1), u16(2))))],
  ['TCP header too short', change(segment, 46, 0x40)],
  ['TCP header too long', change(segment, 46, 0xf0)],
  ['TCP option without length', ip4(ipv4(6, tcp(1, 2, { options: [1, 1, 1, 2] })))],
  ['TCP option too long', ip4(ipv4(6, tcp(1, 2, { options: [1, 2, 9, 2] })))],
  ['TCP option of the wrong length', ip4(ipv4(6, tcp(1, 2, { options: [3, 4, 1, 1] })))],
  ['TCP options that end early', ip4(ipv4(6, tcp(1, 2, { options: [0, 9, 9, 9] })))],
  [
    'TCP wrong selective acknowledgement',
    ip4(ipv4(6, tcp(1, 2, { options: [5, 6, 0, 0, 0, 0, 0, 0] }))),
  ],
  ['TCP user timeout', ip4(ipv4(6, tcp(1, 2, { options: [28, 4, 0, 7] })))],
  ['HTTP response', ip4(ipv4(6, tcp(80, 2, {}, text('HTTP/1.1 200 OK\r\n\r\n'))))],
  ['HTTP body', ip4(ipv4(6, tcp(80, 2, {}, text('plain text\r\n'))))],
  ['HTTP line without end', ip4(ipv4(6, tcp(8080, 2, {}, text('GET /'))))],
  ['HTTP line with a lone CR', ip4(ipv4(6, tcp(8080, 2, {}, text('GET /\rx\n'))))],
  ['HTTP line that ends in CR', ip4(ipv4(6, tcp(8080, 2, {}, text('GET / HTTP/1.0\r'))))],
  ['HTTP line with other bytes', ip4(ipv4(6, tcp(8080, 2, {}, bytes(text('GET /'), 1, 10))))],
  ['binary on port 80', ip4(ipv4(6, tcp(8080, 2, {}, bytes(0, 1, 2))))],
  ['reset with data', ip4(ipv4(6, tcp(1, 2, { flags: flags.rst }, data)))],
  ['unknown ICMP', ip4(ipv4(1, icmp(77, 1, u32(0))))],
  ['unknown ICMP unreachable', ip4(ipv4(1, icmp(3, 99, u32(0), ipv4(6, tcp(1, 2)))))],
  ['unknown ICMPv6', ip6(ipv6(58, icmp(77, 1, u32(0))))],
  ['ICMPv6 without anything', ip6(ipv6(58, bytes()))],
  ['ICMPv6 in IPv4', ip4(ipv4(58, icmp(128, 0, u32(0))))],
  ['IPv6 of another version', change(ip6(ipv6(17, udp(1, 2))), 14, 0x40)],
  ['IPv6 length too large', ip6(ipv6(17, udp(1, 2), { length: 100 }))],
  ['IPv6 length of 0', ip6(ipv6(17, udp(1, 2), { length: 0 }))],
  ['GRE of version 2', ip4(ipv4(47, bytes([0, 2, 8, 0])))],
  ['GRE with Ethernet', ip4(ipv4(47, bytes([0, 0, 0x65, 0x58], plain)))],
  ['GRE with something', ip4(ipv4(47, bytes([0, 0, 0x12, 0x34], data)))],
  [
    'ARP of another hardware',
    ethernet(0x08_06, bytes(u16(6), u16(0x08_00), 6, 6, u16(1), new Uint8Array(24))),
  ],
  [
    'unknown ARP',
    ethernet(0x08_06, bytes(u16(1), u16(0x08_00), 6, 4, u16(77), new Uint8Array(20))),
  ],
  ['reverse ARP', ethernet(0x80_35, bytes(u16(1), u16(0x08_00), 6, 4, u16(3), new Uint8Array(20)))],
  ['tag without anything', ethernet(0x81_00, bytes(u16(5)))],
  ['tag that may be dropped', ethernet(0x81_00, tag(0x30_05, 0x08_00, ipv4(17, udp(1, 2))))],
  ['header alone', ethernet(0x08_00, bytes())],
];
