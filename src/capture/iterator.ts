import type { FrameBatch } from './batch.js';
import type { Frame } from './frame.js';

/**
 * Goes through batches frame by frame. A frame of a batch that is there costs one resolved promise,
 * a third of what an async generator takes for it.
 */
export class FrameIterator implements AsyncIterableIterator<Frame> {
  readonly #batches: AsyncIterator<FrameBatch, void>;
  #frames: Iterator<Frame, void> | undefined;

  constructor(batches: AsyncIterator<FrameBatch, void>) {
    this.#batches = batches;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Frame, void>> {
    const next = this.#frames?.next();
    return next === undefined || next.done === true ? this.#nextBatch() : Promise.resolve(next);
  }

  async return(): Promise<IteratorResult<Frame, void>> {
    this.#frames = undefined;
    await this.#batches.return?.();
    return { done: true, value: undefined };
  }

  async #nextBatch(): Promise<IteratorResult<Frame, void>> {
    this.#frames = undefined;
    const batch = await this.#batches.next();
    if (batch.done === true) return batch;
    this.#frames = batch.value[Symbol.iterator]();
    return this.next();
  }
}
