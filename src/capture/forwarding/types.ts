import type { CallOptions } from '../../options/index.js';
import type { Frame } from '../frame.js';

/** What {@link verifyForwarding} is to look at. */
export interface ForwardingOptions extends CallOptions {
  /** The virtual service's address. */
  readonly vip: string;
  /** The virtual service's TCP port. */
  readonly port: number;
  /**
   * Device to watch: one that sees what goes to the director and what it sends on, such as the bridge
   * that both are ports of. The probes are sent from the same namespace.
   */
  readonly device: string;
  /**
   * Ethernet address of the director. Without it, it is the one whose owner sends a probe on; that
   * cannot be told when none is, because the probes all go to a machine that wrongly answers for the VIP.
   */
  readonly director?: string | undefined;
  /** Network namespace of the device, and of the client that the probes play. */
  readonly netns?: string | undefined;
  /** Connections to try, 1 to 100. Default: 4. */
  readonly probes?: number | undefined;
  /** Milliseconds to wait for an answer to each. Default: 1000. */
  readonly timeout?: number | undefined;
}

/** How a director hands a connection on. */
export type ForwardingMethod = 'dr' | 'tun' | 'nat';

/** What a director wraps packets in. */
export interface ForwardingTunnel {
  /** IP in IP, of either version in either; GRE; or GUE, on UDP port 6080. */
  readonly type: 'ipip' | 'gre' | 'gue';
  /** Address that the director sends from. */
  readonly source: string;
}

/** A real server, as the frames towards it show it. */
export interface ForwardingServer {
  /**
   * `dr`: the packet is the client's own, with another destination MAC. `tun`: it travels inside
   * another packet. `nat`: it has another destination address.
   */
  readonly method: ForwardingMethod;
  /** Ethernet address that the director sent to: the server's, or that of a router on the way. */
  readonly mac: string;
  /** `nat`: its address. `tun`: where the tunnel ends. `dr`: not to be seen. */
  readonly address: string | undefined;
  /** `nat`: its port. */
  readonly port: number | undefined;
  /** `tun`: how, and from where. */
  readonly tunnel: ForwardingTunnel | undefined;
  /** Probes that were handed to it. */
  readonly probes: number;
  /** Those that it accepted. */
  readonly accepted: number;
  /** Those that were refused: nothing listens there. */
  readonly refused: number;
  /** Those that got no answer. */
  readonly unanswered: number;
}

/** What the frames showed. */
export interface ForwardingReport {
  /** The virtual service's address. */
  readonly vip: string;
  /** The virtual service's TCP port. */
  readonly port: number;
  /**
   * Ethernet address of the director: the one that was given; else the one that a probe was sent to
   * before it was sent on, from whichever device; else of the only one that answered for the VIP without accepting probes itself; else of whom they were
   * sent to. `undefined` when no probe left.
   */
  readonly director: string | undefined;
  /** The real servers that probes were handed to, in order of appearance. */
  readonly servers: readonly ForwardingServer[];
  /** Probes that nobody sent on. */
  readonly notForwarded: number;
  /** Ethernet addresses that said in ARP or neighbour discovery that they have the VIP. */
  readonly arpAnswers: readonly string[];
  /**
   * Those of them that are not the director: real servers that have the VIP and lack `arp_ignore` or
   * `arp_announce`, or a second director.
   */
  readonly wrongArpAnswers: readonly string[];
  /** The frames that say so, in order: print them with {@link formatFrame}. */
  readonly frames: readonly Frame[];
}
