import { HandleError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { AbortListeners } from './abort-listeners.js';
import type { Exchange, Reply } from './exchange.js';
import type { Failure } from './failure.js';
import type { Result, Results } from './results.js';
import { resultFlag } from './wire.js';

/** Somebody who waits for an answer. */
export interface Request {
  readonly exchange: Exchange<unknown>;
  /** A timeout of `Infinity` is for one that waits for an event, however long that takes. */
  readonly options: CallOptions;
  readonly resolve: (reply: Reply<unknown>) => void;
  readonly reject: (error: unknown) => void;
  /** Asks again after a lost answer; false when that has been done often enough. */
  readonly retry?: (() => boolean) | undefined;
}

interface Pending {
  readonly request: Request;
  readonly rows: unknown[];
  interrupted: boolean;
}

/**
 * The requests of one handle that wait for an answer, in the order in which the thread works on
 * them. The time a request may take runs from when the one before it was answered.
 */
export class PendingRequests {
  readonly #requests = new Map<number, Pending>();
  readonly #defaultTimeout: number;
  readonly #cancel: (id: number) => void;
  readonly #listeners = new AbortListeners((id, reason) => this.#withdraw(id, reason));
  /** How many of them are not given for ever. */
  #timed = 0;
  #lastProgress = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = 0;

  constructor(defaultTimeout: number, cancel: (id: number) => void) {
    this.#defaultTimeout = defaultTimeout;
    this.#cancel = cancel;
  }

  get size(): number {
    return this.#requests.size;
  }

  add(id: number, request: Request): void {
    const { signal, timeout } = request.options;
    if (timeout !== Number.POSITIVE_INFINITY && this.#timed++ === 0) this.progress();
    if (signal !== undefined) this.#listeners.add(signal, id);
    this.#requests.set(id, { request, rows: [], interrupted: false });
    if (this.#timer === undefined) this.watch();
  }

  /** The time of the request that is now the oldest begins. */
  progress(): void {
    this.#lastProgress = performance.now();
  }

  succeed(id: number): void {
    this.#take(id)?.request.resolve({ rows: [], interrupted: false, end: false });
  }

  answer(results: Results, result: Result): void {
    const pending = this.#requests.get(result.id);
    if (pending === undefined) return;
    const { rows } = pending;
    const { read } = pending.request.exchange;
    results.read(result, (at, table, size) => {
      const row = read?.(results, at, table, size);
      if (row !== undefined) rows.push(row);
    });
    if ((result.flags & resultFlag.interrupted) !== 0) pending.interrupted = true;
    if ((result.flags & resultFlag.more) !== 0) return;
    const end = (result.flags & resultFlag.end) !== 0;
    this.#take(result.id);
    pending.request.resolve({ rows, interrupted: pending.interrupted, end });
  }

  fail(id: number, failure: Failure): void {
    const request = this.#take(id)?.request;
    if (request === undefined || (failure.lost && request.retry?.())) return;
    request.reject(request.exchange.fail?.(failure) ?? failure);
  }

  failAll(error: () => Error): void {
    for (const id of [...this.#requests.keys()]) this.#take(id)?.request.reject(error());
  }

  #take(id: number): Pending | undefined {
    const pending = this.#requests.get(id);
    if (pending === undefined) return undefined;
    this.#requests.delete(id);
    const { signal, timeout } = pending.request.options;
    if (timeout !== Number.POSITIVE_INFINITY) this.#timed--;
    if (signal !== undefined) this.#listeners.delete(signal, id);
    if (this.#requests.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return pending;
  }

  #withdraw(id: number, reason: unknown): void {
    const pending = this.#take(id);
    if (pending === undefined) return;
    this.progress();
    this.#cancel(id);
    pending.request.reject(reason);
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
    for (const [id, { request }] of this.#requests) {
      const { timeout = this.#defaultTimeout } = request.options;
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
