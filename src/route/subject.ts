import type { Failure } from '../native/index.js';

/** Why an operation was refused and what to do, in this package's words. */
export interface Explanation {
  readonly cause?: string;
  readonly cure?: string;
}

/** What an operation is about: all that an error has to tell. */
export interface Subject {
  /** In words: `'add address'`. */
  readonly operation: string;
  /** `'10.0.0.1/24 on ens3'`. */
  readonly object?: string;
  /** The names given for devices and namespaces, by the name of their field in the record. */
  readonly names?: Readonly<Record<string, string | undefined>>;
  /** Fields of the record that go by another name here. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What an errno means for this operation; `undefined`: nothing special. */
  readonly explain?: (
    failure: Failure,
  ) => Explanation | undefined | Promise<Explanation | undefined>;
}
