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
  /** When its lifetimes were given; they run down without being changed. */
  readonly updated?: number | undefined;
  /** It may have come into being by joining others of its slot, which are not there any more then. */
  joins?: boolean;
}
