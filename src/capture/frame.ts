/**
 * How a frame's bytes begin: with an Ethernet header, or (`raw`, on tunnel devices such as `tunl0`)
 * with that of the IP packet.
 */
export type LinkType = 'ethernet' | 'raw';

/**
 * Whom a frame was for, as the kernel saw it (packet(7), `sll_pkttype`): this `host`, a `broadcast`
 * or `multicast` address, some `otherHost`; or it was `outgoing`.
 */
export type PacketType = 'host' | 'broadcast' | 'multicast' | 'otherHost' | 'outgoing';

/** One frame, as it was captured or read from a file. A plain object. */
export interface Frame {
  /** When it came or went: nanoseconds since 1970. */
  readonly timestamp: bigint;
  /** Bytes that it had on the wire; `bytes` holds fewer when it was cut to the snapshot length. */
  readonly length: number;
  /**
   * What was captured, with the outer VLAN tag in its place. A view of memory that it shares with
   * the frames around it: `bytes.slice()` makes a copy for keeping.
   */
  readonly bytes: Uint8Array;
  /** How `bytes` begin. */
  readonly linkType: LinkType;
  /** Name of the device; `undefined` when a file does not tell. */
  readonly device: string | undefined;
  /** Towards this machine or away from it; `undefined` when a file does not tell. */
  readonly direction: 'in' | 'out' | undefined;
  /** Whom it was for; `undefined` when a file does not tell. */
  readonly packetType: PacketType | undefined;
}
