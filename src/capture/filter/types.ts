/** One side of a packet. */
export interface FilterEndpoint {
  /** Its IPv4 or IPv6 address; in ARP, the sender's or target's. */
  readonly host?: string | undefined;
  /** Its address lies in this network: `'10.0.0.0/24'`. */
  readonly network?: string | undefined;
  /** Its TCP, UDP or SCTP port, or the first and last of a range. */
  readonly port?: number | readonly [first: number, last: number] | undefined;
  /** Its Ethernet address: `'02:00:00:00:00:01'`. */
  readonly mac?: string | undefined;
}

/** Which flags of a TCP header must be set or clear; those not named may be either. */
export interface TcpFlagsFilter {
  /** The sender's last data. */
  readonly fin?: boolean | undefined;
  /** The first packet of each direction. */
  readonly syn?: boolean | undefined;
  /** The connection is refused or broken off. */
  readonly rst?: boolean | undefined;
  /** To be handed over at once. */
  readonly psh?: boolean | undefined;
  /** Acknowledges something: all packets but the first. */
  readonly ack?: boolean | undefined;
  /** Has urgent data. */
  readonly urg?: boolean | undefined;
  /** Congestion was seen (RFC 3168). */
  readonly ece?: boolean | undefined;
  /** The sender slowed down (RFC 3168). */
  readonly cwr?: boolean | undefined;
}

/** Protocols that filters know by name; any other goes by its number in the IP header. */
export type FilterProtocol =
  | 'ipv4'
  | 'ipv6'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmp'
  | 'icmpv6'
  | 'ipip'
  | 'gre';

/**
 * Which frames to let through: all conditions that are given must hold.
 *
 * Packets are looked at behind up to two VLAN tags and up to four IPv6 extension headers. A fragment
 * that is not the first has addresses and a protocol, but no ports and no flags.
 */
export interface Filter extends FilterEndpoint {
  /** What it comes from: an address, a network, or several conditions. */
  readonly source?: string | FilterEndpoint | undefined;
  /** What it goes to: an address, a network, or several conditions. */
  readonly destination?: string | FilterEndpoint | undefined;
  /** The protocol, by name or by its number in the IP header. */
  readonly protocol?: FilterProtocol | number | undefined;
  /** The outer VLAN tag's identifier, 0 to 4095; `true`: any tag; `false`: none. */
  readonly vlan?: number | boolean | undefined;
  /** Whether it is ARP. */
  readonly arp?: boolean | undefined;
  /** Flags of the TCP header. */
  readonly tcpFlags?: TcpFlagsFilter | undefined;
  /** Does not hold. */
  readonly not?: Filter | undefined;
  /** All of them hold. */
  readonly and?: readonly Filter[] | undefined;
  /** One of them holds. */
  readonly or?: readonly Filter[] | undefined;
}
