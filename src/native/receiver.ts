import type { OnResults } from './addon.js';

/** Whoever results are for. */
interface Recipient {
  readonly receive: OnResults;
}

/** Passes results on, without keeping a connection alive that nobody uses any more. */
export class Receiver {
  /** While something is in flight: the connection, which has to be there for the answer. */
  held: Recipient | undefined;
  readonly #recipient: WeakRef<Recipient>;

  constructor(recipient: Recipient) {
    this.#recipient = new WeakRef(recipient);
  }

  readonly callback: OnResults = (bytes, size, pause) => {
    this.#recipient.deref()?.receive(bytes, size, pause);
  };
}
