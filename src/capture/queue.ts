import type { FrameBatch } from './batch.js';

interface Waiter {
  readonly resolve: (batch: FrameBatch | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Batches between the thread that delivers them and the loop that reads them. */
export class BatchQueue {
  /** Called once, when nothing more can come. */
  onEnd: () => void = () => undefined;
  readonly #batches: FrameBatch[] = [];
  readonly #waiters: Waiter[] = [];
  /** Called when somebody takes a batch, or waits for one. */
  readonly #onDemand: () => void;
  #ended = false;
  #dropping = false;
  #error: { readonly reason: unknown } | undefined;

  constructor(onDemand: () => void) {
    this.#onDemand = onDemand;
  }

  get size(): number {
    return this.#batches.length;
  }

  put(batch: FrameBatch): void {
    if (this.#dropping) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#batches.push(batch);
    else waiter.resolve(batch);
  }

  /** The next batch; `undefined` behind the last one. An error is told once. */
  take(): Promise<FrameBatch | undefined> {
    const batch = this.#batches.shift();
    if (batch !== undefined) {
      if (!this.#ended) this.#onDemand();
      return Promise.resolve(batch);
    }
    if (this.#error !== undefined) {
      const { reason } = this.#error;
      this.#error = undefined;
      return Promise.reject(reason);
    }
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#onDemand();
    });
  }

  /** No batch will come any more. */
  end(): void {
    if (!this.#ended) this.onEnd();
    this.#ended = true;
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(undefined);
  }

  /** Tells the reader of an error, behind the batches that are there. */
  fail(reason: unknown): void {
    if (this.#ended) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#error = { reason };
    else waiter.reject(reason);
    this.end();
  }

  /** Nobody wants what is there or still comes. */
  drop(): void {
    this.#dropping = true;
    this.#batches.length = 0;
  }
}
