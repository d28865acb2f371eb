import { HandleError } from '../errors/index.js';

/** Where the events of a {@link Watch} come from. The signal is aborted when nobody wants them. */
export interface EventSource<Event> {
  /** Begins to watch: what happens from then on is told. */
  start(signal: AbortSignal): Promise<void>;
  /** What happened next: some events, or none yet. */
  next(signal: AbortSignal): Promise<readonly Event[]>;
  /** Gives back what `start` took, whether it succeeded or not. */
  stop(): Promise<void>;
}

const done = { done: true, value: undefined } as const;

/**
 * What happens, as it happens: an async iterable of events, for one reader. Reading begins it, and
 * keeps the process alive; leaving the loop, `close()`, an aborted `signal` and closing the handle
 * end it. A reader that waits with the next event costs no memory here: what comes meanwhile waits
 * in the kernel, and what finds no room there is read anew.
 */
export class Watch<Event> implements AsyncIterableIterator<Event, void>, AsyncDisposable {
  readonly #source: EventSource<Event>;
  readonly #signal: AbortSignal | undefined;
  /** Aborted when the watch ends, by whatever. */
  readonly #end = new AbortController();
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  /** Events that have come; those before the place have been read. */
  #events: readonly Event[] = [];
  #place = 0;
  /** The reading that was asked for last. */
  #reading: Promise<unknown> | undefined;
  #failure: { readonly reason: unknown } | undefined;

  /** @internal */
  constructor(source: EventSource<Event>, signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    this.#source = source;
    this.#signal = signal;
  }

  /**
   * Resolves to the watch itself once it has begun: whatever changes from then on will be told. What
   * the loop does anyway; call it where something has to wait for that.
   *
   * @throws KernelError what the kernel refused; HandleError `ERR_LVS_CLOSED`: the handle is closed.
   */
  async ready(): Promise<this> {
    await this.#start();
    if (this.#stopped === undefined) return this;
    throw this.#failure?.reason ?? new HandleError('ERR_LVS_CLOSED', 'the watch is closed');
  }

  /** The next event; done when the watch has ended. */
  next(): Promise<IteratorResult<Event, void>> {
    const before = this.#reading;
    if (before === undefined && this.#place < this.#events.length) return this.#taken();
    const reading = before === undefined ? this.#read() : before.then(() => this.#read());
    const forget = (): void => {
      if (this.#reading === settled) this.#reading = undefined;
    };
    const settled: Promise<void> = reading.then(forget, forget);
    this.#reading = settled;
    return reading;
  }

  /** Ends the watch: what leaving a loop calls. */
  async return(): Promise<IteratorResult<Event, void>> {
    await this.close();
    return done;
  }

  /** Ends the watch and gives back what it took. May be called again. */
  close(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Same as the watch itself: it has one reader. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #start(): Promise<void> {
    this.#started ??= this.#begin();
    return this.#started;
  }

  async #begin(): Promise<void> {
    if (this.#stopped !== undefined) return;
    this.#signal?.throwIfAborted();
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    try {
      await this.#source.start(this.#end.signal);
    } catch (error) {
      // What was given up did not fail.
      if (this.#stopped !== undefined) return;
      await this.close();
      throw error;
    }
  }

  async #read(): Promise<IteratorResult<Event, void>> {
    while (this.#stopped === undefined) {
      if (this.#place < this.#events.length) return await this.#taken();
      await this.#start();
      await this.#fill();
    }
    const failure = this.#failure;
    this.#failure = undefined;
    await this.#stopped;
    if (failure !== undefined) throw failure.reason;
    return done;
  }

  async #fill(): Promise<void> {
    try {
      const events = await this.#source.next(this.#end.signal);
      if (this.#stopped !== undefined) return;
      this.#events = events;
      this.#place = 0;
    } catch (error) {
      if (this.#stopped !== undefined) return;
      // The program has closed the handle, and its watches with it.
      const closed = error instanceof HandleError && error.code === 'ERR_LVS_CLOSED';
      if (!closed) this.#failure = { reason: error };
      await this.close();
    }
  }

  #taken(): Promise<IteratorResult<Event, void>> {
    const value = this.#events[this.#place++] as Event;
    return Promise.resolve({ done: false, value });
  }

  readonly #abort = (): void => {
    this.#failure = { reason: this.#signal?.reason };
    this.close().catch(() => undefined);
  };

  async #stop(): Promise<void> {
    this.#end.abort();
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#events = [];
    if (this.#started !== undefined) await this.#source.stop();
  }
}
