import type { Family } from '../address/index.js';

/** What names a port; where several are for the same number, all of it counts. */
export interface FouPortKey {
  /** UDP port, 1 to 65535. */
  readonly port: number;
  /** Default: that of `local` or `peer`, or else `'ipv4'`. */
  readonly family?: Family;
  /** Only packets to this address of the machine's. Needs Linux 5.2. Default: all. */
  readonly local?: string;
  /** Only packets from this address and `peerPort`. Needs Linux 5.2. Default: all. */
  readonly peer?: string;
  /** UDP port that they come from, 1 to 65535; goes with `peer`. */
  readonly peerPort?: number;
  /** Only packets that come in by this device. Needs Linux 5.2. Default: all. */
  readonly device?: string;
}

/** What `addPort` takes: `ip fou add`. Listed ports qualify. */
export interface FouPortConfig extends FouPortKey {
  /**
   * `'gue'`: a GUE header (draft-ietf-intarea-gue) tells what follows. `'fou'`: packets follow at once,
   * all of the kind that `carries` says.
   */
  readonly encapsulation: 'fou' | 'gue';
  /**
   * With `'fou'`, and only then: what the packets are, by name or by the number in IP headers, 1 to 255.
   * A tunnel of that kind takes them: `ipip`, `sit` or `ip6tnl`, `gre`.
   */
  readonly carries?: 'ipv4' | 'ipv6' | 'gre' | number;
}

/** A port as the kernel has it. */
export interface FouPort extends FouPortConfig {
  /** That of the packets that it takes. */
  readonly family: Family;
}
