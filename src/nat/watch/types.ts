import type { Family } from '../../address/index.js';
import type { CallOptions } from '../../options/index.js';
import type { FamilyOptions, NatRule } from '../types.js';

/** What {@link Nat.watch} takes. */
export interface NatWatchOptions extends CallOptions, FamilyOptions {
  /**
   * Milliseconds between two looks at the legacy tables, which the kernel does not announce changes
   * of, from 10 to 3600000. Default 1000. The other backends need no looks.
   */
  readonly interval?: number | undefined;
  /**
   * Bytes of the kernel's memory in which announcements of nf_tables wait for a slow reader, from
   * 4096 to 1073741824. One of a rule takes about 1000. Default 4194304.
   */
  readonly bufferSize?: number | undefined;
}

/** Who made a change, as nf_tables tells. */
export interface Changer {
  /**
   * Number of the thread, as the initial pid namespace counts; of programs with a single thread that
   * is the process id.
   */
  readonly pid: number;
  /** Name of the thread, up to 15 bytes, which is the program's unless it chose another: `'nft'`. */
  readonly name: string;
  /** It was done through this very handle. */
  readonly self: boolean;
}

/** A rule that came or went. */
export type ChangedRule = Omit<NatRule, 'position'>;

/** What has become of the nat rules of a family. */
export interface NatChange {
  /** `'flushed'`: there were rules, and none is left. `'changed'`: anything else. */
  readonly kind: 'changed' | 'flushed';
  /** Whether `iptables` or `ip6tables` shows the rules. */
  readonly family: Family;
  /**
   * Rules that came. This and `removed` are empty where something else was changed: counters set to
   * zero, the order of the rules, chains, policies.
   */
  readonly added: readonly ChangedRule[];
  /** Rules that went, with the counters that they had then. */
  readonly removed: readonly ChangedRule[];
  /** Who it was; `undefined` on the legacy backend and after an overrun. */
  readonly by?: Changer;
  /**
   * Announcements were lost to a reader that was too slow, and the rules were read anew: there is one
   * such change for each family, even where nothing is different.
   */
  readonly resync?: true;
}
