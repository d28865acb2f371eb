import type { Family } from '../address/index.js';
import type { RouteProtocol, RoutingTable } from './route-types.js';

/** What a rule does with the packets it is for. */
export type RuleAction = 'lookup' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';

/** What `addRule` takes: `ip rule add`. Listed rules qualify. */
export interface RuleConfig {
  /** Default: that of `from` or `to`, else `'ipv4'`. */
  readonly family?: Family;
  /** The lowest is asked first. Default: one less than that of the first rule that is not 0. */
  readonly priority?: number;
  /** Network of the packet's source. Default: any. */
  readonly from?: string;
  /** Network of the packet's destination. Default: any. */
  readonly to?: string;
  /** Firewall mark, 0 to 4294967295. */
  readonly mark?: number;
  /** Bits of the mark that count. Default: all. */
  readonly mask?: number;
  /** Device that the packet came in by; `'lo'` for packets of this host. */
  readonly inDevice?: string;
  /** Device that the sending socket is bound to. */
  readonly outDevice?: string;
  /** Type of service, 0 to 255. */
  readonly tos?: number;
  /** For all packets that the rule would otherwise not be for. Default: `false`. */
  readonly not?: boolean;
  /** Default: `'lookup'`. */
  readonly action?: RuleAction;
  /** The routing table to look up. Default: `'main'`. */
  readonly table?: RoutingTable;
  /** With `'goto'`: the priority of the rule to go on with. */
  readonly target?: number;
  /** Default: `'unspecified'`, as that of `ip`. */
  readonly protocol?: RouteProtocol;
}

/** A rule as the kernel has it. */
export interface Rule extends RuleConfig {
  readonly family: Family;
  readonly priority: number;
  readonly action: RuleAction;
  readonly protocol: RouteProtocol;
}

/** Which rules to list; each condition narrows. */
export interface RuleFilter {
  /** Default: both. */
  readonly family?: Family | undefined;
  /** The routing table that they look up. */
  readonly table?: RoutingTable | undefined;
  /** One priority only. */
  readonly priority?: number | undefined;
}
