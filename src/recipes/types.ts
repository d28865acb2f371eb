import type { Backend } from '../nat/index.js';
import type { CallOptions, OpenOptions } from '../options/index.js';
import type { AnnouncementConfig, ProbeConfig } from '../route/index.js';

/** What both kinds of machines are prepared with. */
export interface PreparationOptions extends OpenOptions {
  /** The virtual IP address, without a prefix length: `'10.0.0.1'`, `'2001:db8::1'`. */
  readonly vip: string;
}

/** A real server that has the VIP nowhere: a nat rule sends packets for it to the machine itself. */
export interface RedirectServerOptions extends PreparationOptions {
  /** By a nat rule. */
  readonly mode: 'redirect';
  /** Only packets of this protocol: `'tcp'`, `'udp'`. Default: all. */
  readonly protocol?: string | undefined;
  /** Only packets to this port, which needs a protocol. Default: all. */
  readonly port?: number | undefined;
  /** Port to send them to, which needs a protocol. Default: it stays. */
  readonly toPort?: number | undefined;
  /** As in `Nat.open`. Default: `'auto'`. */
  readonly backend?: Backend | 'auto' | undefined;
}

/** A real server for direct routing that has the VIP on `lo`, and keeps it to itself. */
export interface LoopbackServerOptions extends PreparationOptions {
  /** By the VIP on `lo`. */
  readonly mode: 'loopback';
  /**
   * IPv4: the device that ARP comes in by, which alone gets the ARP settings. Default: `'all'`, which
   * holds for every device.
   */
  readonly device?: string | undefined;
}

/** A real server that is the other end of a tunnel, and has the VIP on the tunnel's device. */
export interface TunnelServerOptions extends PreparationOptions {
  /** As the end of a tunnel. */
  readonly mode: 'tunnel';
  /** This machine's own address that the director sends to: the destination's address in IPVS. */
  readonly local: string;
  /** As the `tunnel` of the destination in IPVS. `'gre'` needs an IPv4 `local`. Default: `'ipip'`. */
  readonly type?: 'ipip' | 'gue' | 'gre' | undefined;
  /** UDP port of GUE, as the `port` of the destination's `tunnel`. Default: 6080. */
  readonly port?: number | undefined;
  /**
   * Name for the tunnel's device, at most 15 bytes, where there is none yet that ends at `local`.
   * Default: `'lvs-'` and its kind.
   */
  readonly name?: string | undefined;
  /** As in `LoopbackServerOptions`: ARP must be kept quiet here, too. Default: `'all'`. */
  readonly device?: string | undefined;
}

/** What {@link prepareRealServer} takes. */
export type RealServerOptions = RedirectServerOptions | LoopbackServerOptions | TunnelServerOptions;

/** What {@link prepareDirector} takes. */
export interface DirectorOptions extends PreparationOptions {
  /** The device whose network the clients, or the router to them, are on. It gets the VIP. */
  readonly device: string;
  /** How the director is to hand packets on, as the destinations' `fwd` in IPVS. */
  readonly mode: 'dr' | 'tun' | 'nat';
  /** IPv4: the address's label. Default: the first that is free, as `'ens3:1'`. */
  readonly label?: string | undefined;
  /**
   * Whether to ask first if another machine has the VIP, and how. Without it the kernel still looks for
   * a duplicate of an IPv6 address. Default: as `probeAddress` of `lvs/route` does by default, which
   * takes three seconds when the address is free.
   */
  readonly probe?: boolean | Pick<ProbeConfig, 'count' | 'interval'> | undefined;
  /** Whether to tell the neighbours, and how. Default: as `announceAddress` of `lvs/route`. */
  readonly announce?:
    | boolean
    | Pick<AnnouncementConfig, 'form' | 'count' | 'interval' | 'router'>
    | undefined;
  /**
   * `nat`: whether conntrack sees the connections that IPVS balances, which rules on their state and
   * source NAT need. Default: it stays as it is.
   */
  readonly conntrack?: boolean | undefined;
}

/** One thing that a preparation sees to. */
export interface PreparationStep {
  /** What kind of thing it is. */
  readonly action:
    | 'set sysctl'
    | 'add address'
    | 'add link'
    | 'add UDP port'
    | 'add redirect'
    | 'announce address';
  /** What it was done to: `'10.0.0.1/32 on lo'`, `'net.ipv4.conf.all.arp_ignore'`. */
  readonly object: string;
  /** `'unchanged'`: it was so already, and undoing leaves it so. */
  readonly outcome: 'changed' | 'unchanged';
  /** Of a sysctl: its value before. */
  readonly before?: number | boolean;
  /** Of a sysctl: its value now. */
  readonly after?: number | boolean;
}

/** What became of a step when it was to be undone. */
export interface UndoneStep extends PreparationStep {
  /** Whether things are as before. */
  readonly undone: boolean;
  /** Why it was left, or that somebody else had undone it already. */
  readonly reason?: string;
}

/** What a preparation did, and its way back. */
export interface Preparation extends AsyncDisposable {
  /** Everything that it saw to, in order. */
  readonly steps: readonly PreparationStep[];
  /**
   * Undoes what was changed, in the opposite order, and nothing else. What somebody else has changed
   * since, or still needs, is left, and the result says why. Calling it again does what is left to do.
   *
   * @throws LvsError `ERR_LVS_UNDO`: something could not be undone; `cause` tells what. The rest is.
   */
  undo(options?: CallOptions): Promise<UndoneStep[]>;
}
