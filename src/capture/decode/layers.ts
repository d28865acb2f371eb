/** An Ethernet header. */
export interface EthernetLayer {
  readonly layer: 'ethernet';
  readonly source: string;
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
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

/** An IPv4 header. */
export interface Ipv4Layer {
  readonly layer: 'ipv4';
  readonly source: string;
  readonly destination: string;
  /** Number of the protocol that it carries. */
  readonly protocol: number;
  readonly ttl: number;
  /** The former type of service: DSCP and ECN. */
  readonly trafficClass: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** Bytes of the whole packet that lie before this fragment. */
  readonly fragmentOffset: number;
  /** Bytes of header and payload, as the header says. */
  readonly length: number;
}

/** An IPv6 header with its extension headers. */
export interface Ipv6Layer {
  readonly layer: 'ipv6';
  readonly source: string;
  readonly destination: string;
  /** Number of the protocol behind the extension headers. */
  readonly protocol: number;
  readonly hopLimit: number;
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly moreFragments: boolean;
  /** Bytes of the fragmented part that lie before this fragment. */
  readonly fragmentOffset: number;
  /** Bytes behind the header, as it says. */
  readonly payloadLength: number;
}

/** An ICMP message. */
export interface IcmpLayer {
  readonly layer: 'icmp' | 'icmpv6';
  readonly type: number;
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
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  /** Those that are set. */
  readonly flags: readonly TcpFlag[];
  readonly window: number;
  /** Bytes of payload, as the IP header says. */
  readonly payloadLength: number;
}

/** A flag of a TCP header. */
export type TcpFlag = 'fin' | 'syn' | 'rst' | 'psh' | 'ack' | 'urg' | 'ece' | 'cwr';

/** A UDP header. */
export interface UdpLayer {
  readonly layer: 'udp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Bytes behind the header, as it says. */
  readonly payloadLength: number;
}

/** A GRE header of version 0 (RFC 2784, 2890). */
export interface GreLayer {
  readonly layer: 'gre';
  /** Ethernet type of what it carries. */
  readonly type: number;
  readonly checksum: number | undefined;
  readonly key: number | undefined;
  readonly sequence: number | undefined;
}

/** A GUE header of variant 0 (draft-ietf-intarea-gue), behind UDP to port 6080. */
export interface GueLayer {
  readonly layer: 'gue';
  /** Number of the protocol that it carries; of a control message, its type. */
  readonly protocol: number;
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
