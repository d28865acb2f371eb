/** An Ethernet header. */
export interface EthernetLayer {
  readonly layer: 'ethernet';
  /** Ethernet address: `'02:00:00:00:00:01'`. */
  readonly source: string;
  /** Ethernet address. */
  readonly destination: string;
  /** Type, or length up to 1500, of what follows. */
  readonly type: number;
}

/** A VLAN tag (IEEE 802.1Q). */
export interface VlanLayer {
  readonly layer: 'vlan';
  /** Identifier, 0 to 4095. */
  readonly identifier: number;
  /** Priority code point, 0 to 7. */
  readonly priority: number;
  /** May be dropped first when there is no room. */
  readonly dropEligible: boolean;
  /** Type that announced the tag: 0x8100 for a customer's, 0x88a8 for a provider's. */
  readonly tagType: number;
  /** Type of what follows. */
  readonly type: number;
}

/** An ARP message for IPv4 on Ethernet (RFC 826). */
export interface ArpLayer {
  readonly layer: 'arp';
  /** 1 for a request, 2 for a reply. */
  readonly operation: number;
  /** Ethernet address of who asks or answers. */
  readonly senderMac: string;
  /** IPv4 address of who asks or answers. */
  readonly senderAddress: string;
  /** Ethernet address; zero in a request. */
  readonly targetMac: string;
  /** IPv4 address that is asked for, or answered to. */
  readonly targetAddress: string;
}

/** An IPv4 header. */
export interface Ipv4Layer {
  readonly layer: 'ipv4';
  /** IPv4 address. */
  readonly source: string;
  /** IPv4 address. */
  readonly destination: string;
  /** Number of the protocol that it carries. */
  readonly protocol: number;
  /** Hops that are left, 0 to 255. */
  readonly ttl: number;
  /** The former type of service: DSCP and ECN. */
  readonly trafficClass: number;
  /** What fragments of one packet have in common. */
  readonly identification: number;
  /** Routers must not fragment it. */
  readonly dontFragment: boolean;
  /** Other fragments follow this one. */
  readonly moreFragments: boolean;
  /** Bytes of the whole packet that lie before this fragment. */
  readonly fragmentOffset: number;
  /** Bytes of header and payload, as the header says. */
  readonly length: number;
}

/** An IPv6 header with its extension headers. */
export interface Ipv6Layer {
  readonly layer: 'ipv6';
  /** IPv6 address. */
  readonly source: string;
  /** IPv6 address. */
  readonly destination: string;
  /** Number of the protocol behind the extension headers. */
  readonly protocol: number;
  /** Hops that are left, 0 to 255. */
  readonly hopLimit: number;
  /** DSCP and ECN. */
  readonly trafficClass: number;
  /** 20 bits that packets of one flow have in common. */
  readonly flowLabel: number;
  /** Other fragments follow this one. */
  readonly moreFragments: boolean;
  /** Bytes of the fragmented part that lie before this fragment. */
  readonly fragmentOffset: number;
  /** Bytes behind the header, as it says. */
  readonly payloadLength: number;
}

/** An ICMP message. */
export interface IcmpLayer {
  readonly layer: 'icmp' | 'icmpv6';
  /** Number of the kind of message: 8 is an echo request of ICMP, 128 of ICMPv6. */
  readonly type: number;
  /** What it says more exactly; what that means depends on `type`. */
  readonly code: number;
  /** Of an echo request or reply. */
  readonly identifier?: number;
  /** Of an echo request or reply. */
  readonly sequence?: number;
  /** What a neighbour solicitation or advertisement is about. */
  readonly target?: string;
}

/** A TCP header. */
export interface TcpLayer {
  readonly layer: 'tcp';
  /** 0 to 65535. */
  readonly sourcePort: number;
  /** 0 to 65535. */
  readonly destinationPort: number;
  /** Number of the first byte of payload, modulo 2^32. */
  readonly sequence: number;
  /** Number of the byte that is expected next; says nothing without the flag `ack`. */
  readonly acknowledgement: number;
  /** Those that are set. */
  readonly flags: readonly TcpFlag[];
  /** As it stands in the header, not scaled. */
  readonly window: number;
  /** Bytes of payload, as the IP header says. */
  readonly payloadLength: number;
}

/** A flag of a TCP header. */
export type TcpFlag = 'fin' | 'syn' | 'rst' | 'psh' | 'ack' | 'urg' | 'ece' | 'cwr';

/** A UDP header. */
export interface UdpLayer {
  readonly layer: 'udp';
  /** 0 to 65535. */
  readonly sourcePort: number;
  /** 0 to 65535. */
  readonly destinationPort: number;
  /** Bytes behind the header, as it says. */
  readonly payloadLength: number;
}

/** A GRE header of version 0 (RFC 2784, 2890). */
export interface GreLayer {
  readonly layer: 'gre';
  /** Ethernet type of what it carries. */
  readonly type: number;
  /** Absent where the header has none. */
  readonly checksum: number | undefined;
  /** Absent where the header has none. */
  readonly key: number | undefined;
  /** Number of the packet; absent where the header has none. */
  readonly sequence: number | undefined;
}

/** A GUE header of variant 0 (draft-ietf-intarea-gue), behind UDP to port 6080. */
export interface GueLayer {
  readonly layer: 'gue';
  /** Number of the protocol that it carries; of a control message, its type. */
  readonly protocol: number;
  /** Whether it is a control message, which carries no packet. */
  readonly control: boolean;
}

/** Bytes that no header is known for. */
export interface PayloadLayer {
  readonly layer: 'payload';
  /** Those that were captured. A view, like the frame's own. */
  readonly bytes: Uint8Array;
}

/** The frame ends inside the header named here, or what it says there cannot be. */
export interface BrokenLayer {
  readonly layer: 'broken';
  /** Name of the header's layer. */
  readonly within: string;
}

/** A part of a frame, told apart by `layer`. */
export type Layer =
  | EthernetLayer
  | VlanLayer
  | ArpLayer
  | Ipv4Layer
  | Ipv6Layer
  | IcmpLayer
  | TcpLayer
  | UdpLayer
  | GreLayer
  | GueLayer
  | PayloadLayer
  | BrokenLayer;
