import { HandleError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { AbortListeners } from './abort-listeners.js';
import type { Exchange, Reply } from './exchange.js';
import type { Failure } from './failure.js';
import type { Result, Results } from './results.js';
import type { Operation } from './table.js';
import { resultFlag } from './wire.js';

/** Somebody who waits for an answer. */
export interface Request {
  readonly operation: Operation;
  readonly exchange: Exchange<unknown>;
  /** A timeout of `Infinity` is for one that waits for an event, however long that takes. */
  readonly options: CallOptions;
  readonly resolve: (reply: Reply<unknown>) => void;
  readonly reject: (error: unknown) => void;
  /** How often it may still be asked again if the answer is lost. */
  retries: number;
  /** What has come so far. */
  rows: unknown[] | undefined;
  interrupted: boolean;
}

/** What all get whose request brings no rows. */
const done: Reply<never> = { rows: [], interrupted: false, end: false };
Object.freeze(done.rows);

/**
 * The requests of one handle that wait for an answer, in the order in which the thread works on
 * them. The time a request may take runs from when the one before it was answered.
 */
export class PendingRequests {
  readonly #requests = new Map<number, Request>();
  readonly #defaultTimeout: number;
  readonly #cancel: (id: number) => void;
  readonly #repeat: (request: Request) => boolean;
  readonly #listeners = new AbortListeners((id, reason) => this.#withdraw(id, reason));
  /** How many of them are not given for ever. */
  #timed = 0;
  #lastProgress = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = 0;

  /** `repeat` asks again, unless that has become impossible. */
  constructor(
    defaultTimeout: number,
    cancel: (id: number) => void,
    repeat: (request: Request) => boolean,
  ) {
    this.#defaultTimeout = defaultTimeout;
    this.#cancel = cancel;
    this.#repeat = repeat;
  }

  get size(): number {
    return this.#requests.size;
  }

  has(id: number): boolean {
    return this.#requests.has(id);
  }

  add(id: number, request: Request): void {
    const { signal, timeout } = request.options;
    if (timeout !== Number.POSITIVE_INFINITY && this.#timed++ === 0) this.progress();
    if (signal !== undefined) this.#listeners.add(signal, id);
    this.#requests.set(id, request);
    if (this.#timer === undefined) this.watch();
  }

  /** The time of the request that is now the oldest begins. */
  progress(): void {
    this.#lastProgress = performance.now();
  }

  succeed(id: number): void {
    this.take(id)?.resolve(done);
  }

  answer(results: Results, result: Result): void {
    const request = this.#requests.get(result.id);
    if (request === undefined) return;
    request.rows ??= [];
    const { rows } = request;
    const { read } = request.exchange;
    results.read(result, (at, table, size) => {
      const row = read?.(results, at, table, size);
      if (row !== undefined) rows.push(row);
    });
    if ((result.flags & resultFlag.interrupted) !== 0) request.interrupted = true;
    if ((result.flags & resultFlag.more) !== 0) return;
    const end = (result.flags & resultFlag.end) !== 0;
    this.take(result.id);
    request.resolve({ rows, interrupted: request.interrupted, end });
  }

  fail(id: number, failure: Failure): void {
    const request = this.take(id);
    if (request === undefined) return;
    if (failure.lost && request.retries > 0 && this.#repeat(request)) return;
    request.reject(request.exchange.fail?.(failure) ?? failure);
  }

  failAll(error: () => Error): void {
    for (const id of [...this.#requests.keys()]) this.take(id)?.reject(error());
  }

  /** Whoever waits for that answer does so no more. */
  take(id: number): Request | undefined {
    const request = this.#requests.get(id);
    if (request === undefined) return undefined;
    this.#requests.delete(id);
    const { signal, timeout } = request.options;
    if (timeout !== Number.POSITIVE_INFINITY) this.#timed--;
    if (signal !== undefined) this.#listeners.delete(signal, id);
    if (this.#requests.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return request;
  }

  #withdraw(id: number, reason: unknown): void {
    const request = this.take(id);
    if (request === undefined) return;
    this.progress();
    this.#cancel(id);
    request.reject(reason);
  }

  /**
   * One timer serves all: it looks at the oldest request, which is the one being worked on. Called
   * again when that may be another one, whose time may be up earlier.
   */
  watch(): void {
    const due = this.#oldest?.due;
    if (due === undefined || (this.#timer !== undefined && this.#timerDue <= due)) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    const left = Math.max(Math.ceil(due - performance.now()), 1);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // After a time in which the program itself was busy, answers are delivered behind timers.
      setImmediate(() => this.#expire());
    }, left);
  }

  #expire(): void {
    const oldest = this.#oldest;
    if (oldest !== undefined && oldest.due <= performance.now()) {
      this.#withdraw(oldest.id, timeoutError(oldest.timeout));
    }
    this.watch();
  }

  /** Those that wait for an event are not being worked on. */
  get #oldest(): { id: number; timeout: number; due: number } | undefined {
    for (const [id, { options }] of this.#requests) {
      const { timeout = this.#defaultTimeout } = options;
      if (timeout !== Number.POSITIVE_INFINITY) {
        return { id, timeout, due: this.#lastProgress + timeout };
      }
    }
    return undefined;
  }
}

function timeoutError(timeout: number): HandleError {
  const message = `the kernel did not answer within ${timeout} ms; what was asked may still happen`;
  return new HandleError('ERR_LVS_TIMEOUT', message);
}
