import type { Family } from '../address/index.js';
import type { OpenOptions } from '../options/index.js';
import type { Rule } from './rule.js';

/** How {@link Xtables.open} is told what to do. */
export interface XtablesOptions extends OpenOptions {
  /**
   * Milliseconds that the xtables lock is waited for; a commit may take that much longer. Default
   * 5000.
   */
  readonly lockTimeout?: number | undefined;
}

/** Which table. */
export interface TableOptions {
  /** Default `'ipv4'`. */
  readonly family?: Family | undefined;
}

/** A table that exists. */
export interface TableName {
  /** Whether it is a table of `iptables` or `ip6tables`. */
  readonly family: Family;
  /** `'nat'`, `'filter'`, … */
  readonly name: string;
}

/** A rule of a table as it was loaded. */
export interface LoadedRule extends Rule {
  /** Packets that matched. */
  readonly packets: bigint;
  /** Bytes of these packets. */
  readonly bytes: bigint;
  /** `false`: its header says more than there are words for; it is moved and kept as it is. */
  readonly complete: boolean;
  /** As `iptables-save` prints it. */
  readonly text: string;
}

/** A chain of a table as it was loaded. */
export interface LoadedChain {
  /** `'PREROUTING'`, or what its maker called it. */
  readonly name: string;
  /** What becomes of packets that no rule decides; `undefined` for a user's chain, which returns. */
  readonly policy?: Policy;
  /** Packets that met the policy. */
  readonly packets: bigint;
  /** Bytes of these packets. */
  readonly bytes: bigint;
  /** Rules that jump or go to it. */
  readonly references: number;
  /** In the order in which the kernel asks them. */
  readonly rules: readonly LoadedRule[];
}

/** The policy of a builtin chain. */
export type Policy = 'ACCEPT' | 'DROP';

/** A new rule, with the counters it starts with. Default: 0. */
export interface NewRule extends Rule {
  /** Packets that matched so far. */
  readonly packets?: number | bigint | undefined;
  /** Bytes of these packets. */
  readonly bytes?: number | bigint | undefined;
}
