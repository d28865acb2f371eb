/** Ethernet types (IEEE registry, linux/if_ether.h). */
export const etherType = {
  ipv4: 0x08_00,
  arp: 0x08_06,
  transparentBridging: 0x65_58,
  reverseArp: 0x80_35,
  ipv6: 0x86_dd,
} as const;

/** Types that announce a VLAN tag. */
export const tagTypes: readonly number[] = [0x81_00, 0x88_a8, 0x91_00, 0x92_00];

/** Values up to this one are a length (IEEE 802.3), not a type. */
export const mostLength = 1500;

/** Protocols and extension headers by their numbers in IP headers (IANA). */
export const ipProtocol = {
  hopByHop: 0,
  icmp: 1,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  icmpv6: 58,
  none: 59,
  destinationOptions: 60,
  sctp: 132,
} as const;

/** Bits of a TCP header, with the letters that tcpdump has for them. */
export const tcpFlags: readonly (readonly [bit: number, letter: string])[] = [
  [0x01, 'F'],
  [0x02, 'S'],
  [0x04, 'R'],
  [0x08, 'P'],
  [0x10, '.'],
  [0x20, 'U'],
  [0x40, 'E'],
  [0x80, 'W'],
];

/** Bits of the first 16 of a GRE header (RFC 2784, 2890). */
export const greFlag = {
  checksum: 0x80_00,
  routing: 0x40_00,
  key: 0x20_00,
  sequence: 0x10_00,
} as const;

/** What an ARP message is (RFC 826). */
export const arpOperation = { request: 1, reply: 2 } as const;

/** Messages of neighbour discovery (RFC 4861). */
export const icmpv6Type = { neighbourSolicitation: 135, neighbourAdvertisement: 136 } as const;
