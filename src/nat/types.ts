import type { Family } from '../address/index.js';
import type { OpenOptions } from '../options/index.js';
import type { PortPattern, Rule } from '../xtables/rule.js';

/**
 * How the rules are kept in the kernel:
 *
 * - `iptables-nft`: in nf_tables, where today's `iptables` sees them.
 * - `legacy`: in ip_tables, where `iptables-legacy` sees them.
 * - `nftables`: in nf_tables, in a table `lvs` of this package's own, without any of x_tables.
 */
export type Backend = 'iptables-nft' | 'legacy' | 'nftables';

/** How {@link Nat.open} is told what to do. */
export interface NatOptions extends OpenOptions {
  /** Default `'auto'`: what the machine uses already, or else what its kernel can do. */
  readonly backend?: Backend | 'auto' | undefined;
  /**
   * Milliseconds that the lock of the legacy tables is waited for; the calls that need it may take
   * that much longer. Default 5000.
   */
  readonly lockTimeout?: number | undefined;
  /**
   * With the backend `nftables`: the table `lvs` gets this handle as its owner, so that nobody else
   * can change it and `nft flush ruleset` passes it over. It stays when the handle is closed, and
   * whoever opens it so next owns it. Needs Linux 6.9. Default `false`.
   */
  readonly own?: boolean | undefined;
}

/** Something that was noticed on opening and does not stop anything. */
export interface NatWarning {
  /** `MIXED_BACKENDS`: nat rules are kept in two places at once. */
  readonly code: 'MIXED_BACKENDS';
  /** What that means here, and which rules come first. */
  readonly message: string;
}

/** A chain that packets to a VIP pass: those that come in, or those that the machine itself sends. */
export type RedirectChain = 'PREROUTING' | 'OUTPUT';

/**
 * What is redirected to the machine itself: `iptables -t nat -A PREROUTING … -j REDIRECT`. Whatever
 * is left out matches anything; a `!` before a text inverts it.
 */
export interface RedirectRule {
  /** `'10.0.0.1'`, `'10.0.0.0/8'`, `'!2001:db8::/32'`. */
  readonly destination?: string | undefined;
  /** Address or prefix, like `destination`. */
  readonly source?: string | undefined;
  /** `'tcp'`, `'udp'`, a number from 1 to 255, or inverted: `'!udp'`. */
  readonly protocol?: string | number | undefined;
  /** Needs the protocol tcp, udp, udplite, dccp or sctp. */
  readonly destinationPort?: PortPattern | undefined;
  /** Like `destinationPort`. */
  readonly sourcePort?: PortPattern | undefined;
  /** Interface it came in by, for PREROUTING: `'eth0'`, `'eth+'`, `'!lo'`. */
  readonly inInterface?: string | undefined;
  /** Firewall mark: `1`, `'0x1/0xff'`, `'!0x1'`. */
  readonly mark?: number | string | undefined;
  /** Up to 255 bytes that are shown with the rule, without line breaks. */
  readonly comment?: string | undefined;
  /** Port, or range to choose from; needs the protocol tcp, udp, dccp or sctp. Default: it stays. */
  readonly toPorts?: number | string | undefined;
  /** The port is chosen at random. Default `false`. */
  readonly random?: boolean | undefined;
  /** Default `'PREROUTING'`. */
  readonly chain?: RedirectChain | undefined;
  /** Default: that of the addresses, or `'ipv4'` where none is given. */
  readonly family?: Family | undefined;
}

/** A rule of the nat table as the kernel has it. */
export interface NatRule<C = number> extends Rule {
  /** Whether `iptables` or `ip6tables` shows it. */
  readonly family: Family;
  /** `'PREROUTING'`, or any other of the table. */
  readonly chain: string;
  /** In its chain, from 1, as `iptables -L --line-numbers` counts. */
  readonly position: number;
  /** What nf_tables calls it by; `undefined` on the legacy backend. */
  readonly handle?: bigint;
  /** This package made it; on the legacy backend nobody can tell, so `false`. */
  readonly own: boolean;
  /** `false`: it says more than there are words for here, so it is shown in part. */
  readonly complete: boolean;
  /** Packets that matched: in a nat table, the first of each connection. */
  readonly packets: C;
  /** Bytes of these packets. */
  readonly bytes: C;
  /** As `iptables-save` prints it: `-A PREROUTING -d 10.0.0.1/32 -j REDIRECT`. */
  readonly text: string;
  /** What `addRedirect` would make it of; `undefined` for what it would not make. */
  readonly redirect?: RedirectRule;
}

/** A chain of the nat table. */
export interface NatChain<C = number> {
  /** Whether `iptables` or `ip6tables` shows it. */
  readonly family: Family;
  /** `'PREROUTING'`, or what its maker called it. */
  readonly name: string;
  /** What becomes of packets that no rule decides; `undefined` for a user's chain, which returns. */
  readonly policy?: 'ACCEPT' | 'DROP';
  /**
   * Packets that met the policy. In nf_tables a policy counts from when this package made the chain
   * or set its counters to zero (or `iptables -Z` did); before that it is 0.
   */
  readonly packets: C;
  /** Bytes of these packets. */
  readonly bytes: C;
}

/** Connections that {@link Nat.dropConnections} removes: those that meet all of it. */
export interface ConnectionPattern {
  /** Where their first packet was sent, before nat: an address, or a prefix, `'10.0.0.0/8'`. */
  readonly destination: string;
  /** `'tcp'`, `'udp'`, or a number from 1 to 255. Default: any. */
  readonly protocol?: string | number | undefined;
  /** Port that they were made to, 1 to 65535; needs a protocol that has ports. Default: any. */
  readonly port?: number | undefined;
}

/** Where a client had meant to go. */
export interface OriginalDestination {
  /** The VIP. */
  readonly address: string;
  /** The port at the VIP. */
  readonly port: number;
}

/** Where a rule goes. */
export interface PositionOptions {
  /** Position in the chain, from 1: `1` is first, as in `iptables -I`. Default: behind the last. */
  readonly position?: number | undefined;
}

/** Which address family a call is about. */
export interface FamilyOptions {
  /** Which of the two; what it is by default, the call says. */
  readonly family?: Family | undefined;
}
