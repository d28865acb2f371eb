import type { RedirectRule } from '../types.js';
import type { Changer, NatWatchOptions } from '../watch/index.js';

/** What {@link Nat.keepRedirect} takes. */
export interface KeepOptions extends Omit<NatWatchOptions, 'family'> {
  /** How often the rule is put back within the `period`, from 1 to 1000. Default 5. */
  readonly attempts?: number | undefined;
  /** Milliseconds, from 1000 to 86400000. Default 60000. */
  readonly period?: number | undefined;
}

/** The rule was put back. */
export interface Restoration {
  /** The rule. */
  readonly rule: RedirectRule;
  /** What had happened: every rule of the family was gone, or this one among others. */
  readonly cause: 'flushed' | 'removed';
  /** Who it was; `undefined` on the legacy backend, and where the announcement was lost. */
  readonly by?: Changer;
  /** How often it has been put back within the period, this time included. */
  readonly count: number;
}
