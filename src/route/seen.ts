/** An object as a message or a listing tells it. */
export interface Seen<T> {
  /**
   * What the kernel takes for the same place: it holds one object, or, of routes and rules, several
   * that differ in their keys.
   */
  slot: string;
  key: string;
  /** Absent when it is of a device that has gone meanwhile. */
  object: T | undefined;
  /** What its lifetimes are measured by; they run down without being changed. */
  readonly clock?: LifetimeClock | undefined;
  /** It may have come into being by joining others of its slot, which are not there any more then. */
  joins?: boolean;
}

/** When lifetimes were given, and when they were read. */
interface LifetimeClock {
  /** In hundredths of a second since the kernel started. */
  readonly given: number;
  /** In milliseconds, by `performance.now()`. */
  readonly read: number;
}
