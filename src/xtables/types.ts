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
  readonly family: Family;
  readonly name: string;
}

/** A rule of a table as it was loaded. */
export interface LoadedRule extends Rule {
  readonly packets: bigint;
  readonly bytes: bigint;
  /** `false`: its header says more than there are words for; it is moved and kept as it is. */
  readonly complete: boolean;
  /** As `iptables-save` prints it. */
  readonly text: string;
}

/** A chain of a table as it was loaded. */
export interface LoadedChain {
  readonly name: string;
  /** What becomes of packets that no rule decides; `undefined` for a user's chain, which returns. */
  readonly policy?: Policy;
  /** Packets that met the policy. */
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Rules that jump or go to it. */
  readonly references: number;
  readonly rules: readonly LoadedRule[];
}

/** The policy of a builtin chain. */
export type Policy = 'ACCEPT' | 'DROP';

/** A new rule, with the counters it starts with. Default: 0. */
export interface NewRule extends Rule {
  readonly packets?: number | bigint | undefined;
  readonly bytes?: number | bigint | undefined;
}
