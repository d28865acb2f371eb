import type { Arena } from './arena.js';
import type { Results } from './results.js';

/** How one request is written and its answer read. */
export interface Exchange<T> {
  /** What it is about, as errors name it; for those who watch requests. */
  readonly object?: string | undefined;
  /** Number that some operations take instead of a record. */
  readonly argument?: number;
  /** Adds the request's blocks to the arena. */
  readonly write?: (arena: Arena) => void;
  /** Reads one record of the answer; `undefined` leaves it out. */
  readonly read?: (rows: Results, at: number, table: number, size: number) => T | undefined;
}

/** What came back. */
export interface Reply<T> {
  readonly rows: T[];
  /**
   * A change in the kernel raced with the listing: it may lack rows or have some twice. Or, of
   * announcements: some were lost behind these.
   */
  readonly interrupted: boolean;
  /** A listing that is read in pages has come to its end. Or, no further announcement is waiting. */
  readonly end: boolean;
}
