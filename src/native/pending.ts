import { HandleError } from '../errors/index.js';
import { AbortListeners } from './abort-listeners.js';
import type { Reply } from './exchange.js';
import type { Failure } from './failure.js';
import type { Result, Results } from './results.js';
import { resultFlag } from './wire.js';

interface Request {
  readonly resolve: (reply: Reply<unknown>) => void;
  readonly reject: (error: unknown) => void;
  readonly read?: ((rows: Results, at: number, table: number, size: number) => unknown) | undefined;
  readonly fail?: ((failure: Failure) => Error) | undefined;
  /** Asks again after a lost answer; false when that has been done often enough. */
  readonly retry?: () => boolean;
  /** `Infinity` for one that waits for an event, however long that takes. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Pending extends Request {
  readonly since: number;
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
    const pending: Pending = { ...request, since: performance.now(), rows: [], interrupted: false };
    if (request.signal !== undefined) this.#listeners.add(request.signal, id);
    this.#requests.set(id, pending);
    if (this.#timer === undefined) this.watch();
  }

  succeed(id: number): void {
    this.#take(id)?.resolve({ rows: [], interrupted: false, end: false });
  }

  answer(results: Results, result: Result): void {
    this.#lastProgress = performance.now();
    const pending = this.#requests.get(result.id);
    if (pending === undefined) return;
    const { rows, read } = pending;
    results.read(result, (at, table, size) => {
      const row = read?.(results, at, table, size);
      if (row !== undefined) rows.push(row);
    });
    if ((result.flags & resultFlag.interrupted) !== 0) pending.interrupted = true;
    if ((result.flags & resultFlag.more) !== 0) return;
    const end = (result.flags & resultFlag.end) !== 0;
    this.#take(result.id)?.resolve({ rows, interrupted: pending.interrupted, end });
  }

  fail(id: number, failure: Failure): void {
    const pending = this.#take(id);
    if (pending === undefined || (failure.lost && pending.retry?.())) return;
    pending.reject(pending.fail === undefined ? failure : pending.fail(failure));
  }

  failAll(error: () => Error): void {
    for (const id of [...this.#requests.keys()]) this.#take(id)?.reject(error());
  }

  #take(id: number): Pending | undefined {
    const pending = this.#requests.get(id);
    if (pending === undefined) return undefined;
    this.#lastProgress = performance.now();
    this.#requests.delete(id);
    if (pending.signal !== undefined) this.#listeners.delete(pending.signal, id);
    if (this.#requests.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return pending;
  }

  #withdraw(id: number, reason: unknown): void {
    const pending = this.#take(id);
    if (pending === undefined) return;
    this.#cancel(id);
    pending.reject(reason);
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
    for (const [id, { since, timeout = this.#defaultTimeout }] of this.#requests) {
      if (timeout === Number.POSITIVE_INFINITY) continue;
      return { id, timeout, due: Math.max(since, this.#lastProgress) + timeout };
    }
    return undefined;
  }
}

function timeoutError(timeout: number): HandleError {
  const message = `the kernel did not answer within ${timeout} ms; what was asked may still happen`;
  return new HandleError('ERR_LVS_TIMEOUT', message);
}
