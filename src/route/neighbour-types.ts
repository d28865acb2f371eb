import type { Family } from '../address/index.js';

/** What the kernel knows of a neighbour (RFC 4861); `permanent` and `noArp` are never checked. */
export type NeighbourState =
  | 'incomplete'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'failed'
  | 'noArp'
  | 'permanent'
  | 'none';

/** What identifies a neighbour. */
export interface NeighbourKey {
  /** Name of the device that it is reached by. */
  readonly device: string;
  /** IPv4 or IPv6 address, without a length. */
  readonly address: string;
}

/** What `addNeighbour` takes: `ip neighbour add`. Listed neighbours with a MAC address qualify. */
export interface NeighbourConfig extends NeighbourKey {
  /** Six octets: `'02:00:00:00:00:10'`. */
  readonly macAddress: string;
  /** Default: `'permanent'`. */
  readonly state?: NeighbourState;
}

/** An entry of the ARP or NDP table. */
export interface Neighbour extends NeighbourKey {
  /** That of the address. */
  readonly family: Family;
  /** How sure the kernel is of it. */
  readonly state: NeighbourState;
  /** Absent while it is not known. */
  readonly macAddress?: string;
  /** IPv6: it says that it is a router. */
  readonly router?: boolean;
}

/** Which neighbours to list; each condition narrows. */
export interface NeighbourFilter {
  /** Name of a device. */
  readonly device?: string | undefined;
  /** Default: both. */
  readonly family?: Family | undefined;
  /** IPv4 or IPv6 address, without a length. */
  readonly address?: string | undefined;
  /** One state only. */
  readonly state?: NeighbourState | undefined;
}
