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
  readonly device: string;
  /** IPv4 or IPv6 address, without a length. */
  readonly address: string;
}

/** What `addNeighbour` takes: `ip neighbour add`. Listed neighbours with a MAC address qualify. */
export interface NeighbourConfig extends NeighbourKey {
  readonly macAddress: string;
  /** Default: `'permanent'`. */
  readonly state?: NeighbourState;
}

/** An entry of the ARP or NDP table. */
export interface Neighbour extends NeighbourKey {
  readonly family: Family;
  readonly state: NeighbourState;
  /** Absent while it is not known. */
  readonly macAddress?: string;
  /** IPv6: it says that it is a router. */
  readonly router?: boolean;
}

/** Which neighbours to list; each condition narrows. */
export interface NeighbourFilter {
  readonly device?: string | undefined;
  readonly family?: Family | undefined;
  readonly address?: string | undefined;
  readonly state?: NeighbourState | undefined;
}
