/** Whoever results are for. */
interface Recipient {
  receive(bytes: ArrayBuffer | undefined, size: number): void;
}

/** Passes results on, without keeping a connection alive that nobody uses any more. */
export class Receiver {
  /** While something is in flight: the connection, which has to be there for the answer. */
  held: Recipient | undefined;
  readonly #recipient: WeakRef<Recipient>;

  constructor(recipient: Recipient) {
    this.#recipient = new WeakRef(recipient);
  }

  readonly callback = (bytes: ArrayBuffer | undefined, size: number): void => {
    this.#recipient.deref()?.receive(bytes, size);
  };
}
