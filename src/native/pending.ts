import { HandleError } from '../errors/index.js';
import { AbortListeners } from './abort-listeners.js';
import type { Reply } from './exchange.js';
import type { Failure } from './failure.js';
import type { Request } from './request.js';
import { RequestRing } from './request-ring.js';
import type { Results } from './results.js';
import { resultFlag, threadId } from './wire.js';

/** What all get whose request brings no rows. */
const done: Reply<never> = { rows: [], interrupted: false, end: false };
Object.freeze(done.rows);

/**
 * The requests of one handle that wait for an answer, in the order in which the thread works on
 * them. The time a request may take runs from when the one before it was answered.
 */
export class PendingRequests {
  /** Those that are being worked on, or will be. */
  readonly #requests = new RequestRing();
  /** Those that wait for an event. */
  readonly #waiting = new Map<number, Request>();
  /** The one that is answered by the thread's beginning or end, and has no place among the others. */
  #ofThread: Request | undefined;
  readonly #defaultTimeout: number;
  readonly #cancel: (id: number) => void;
  readonly #repeat: (request: Request) => boolean;
  readonly #listeners = new AbortListeners((id, reason) => this.#withdraw(id, reason));
  /** What the timer knows: a handle that nobody uses any more need not wait for it. */
  readonly #self = new WeakRef(this);
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
    return this.#requests.size + this.#waiting.size + Number(this.#ofThread !== undefined);
  }

  has(id: number): boolean {
    return this.#find(id) !== undefined;
  }

  add(request: Request): void {
    const { signal, timeout } = request.options;
    if (signal !== undefined) this.#listeners.add(signal, request.id);
    if (timeout === Number.POSITIVE_INFINITY) {
      this.#waiting.set(request.id, request);
      return;
    }
    const isFirst = this.#oldest === undefined;
    if (isFirst) this.progress();
    if (request.id === threadId) this.#ofThread = request;
    else this.#requests.add(request);
    if (isFirst || this.#timer === undefined) this.watch();
  }

  /** The time of the request that is now the oldest begins. */
  progress(): void {
    this.#lastProgress = performance.now();
  }

  succeed(id: number): void {
    const request = this.take(id);
    if (request !== undefined) resolveWith(request, done);
  }

  /** Takes in the result that the results stand at. */
  answer(results: Results): void {
    const { id, flags } = results;
    const request = this.#find(id);
    if (request === undefined) return;
    request.rows ??= [];
    const { rows } = request;
    results.read(rows, request.exchange.read);
    if ((flags & resultFlag.interrupted) !== 0) request.interrupted = true;
    if ((flags & resultFlag.more) !== 0) return;
    const end = (flags & resultFlag.end) !== 0;
    this.take(id);
    resolveWith(request, { rows, interrupted: request.interrupted, end });
  }

  fail(id: number, failure: Failure): void {
    const request = this.take(id);
    if (request === undefined) return;
    if (failure.lost && request.retries > 0 && this.#repeat(request)) return;
    const { operation, exchange, options, recover, resolve, reject } = request;
    if (recover !== undefined) resolve(recover(operation, exchange, options, failure));
    else reject(failure);
  }

  failAll(error: () => Error): void {
    for (const { id } of [...this.#requests.all(), ...this.#waiting.values()]) {
      this.take(id)?.reject(error());
    }
    this.take(threadId)?.reject(error());
  }

  #find(id: number): Request | undefined {
    if (id === threadId) return this.#ofThread;
    return this.#requests.get(id) ?? this.#waiting.get(id);
  }

  /** Whoever waits for that answer does so no more. */
  take(id: number): Request | undefined {
    const request = this.#find(id);
    if (request === undefined) return undefined;
    const { signal, timeout } = request.options;
    if (timeout === Number.POSITIVE_INFINITY) this.#waiting.delete(id);
    else if (id === threadId) this.#ofThread = undefined;
    else this.#requests.delete(id);
    if (signal !== undefined) this.#listeners.delete(signal, id);
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
   * again when that may be another one, whose time may be up earlier. When nothing waits any more it
   * runs on, and the next request finds it running.
   */
  watch(): void {
    const due = this.#due(this.#oldest);
    if (this.#timer !== undefined && this.#timerDue <= due) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (due === Number.POSITIVE_INFINITY) return;
    this.#timerDue = due;
    const left = Math.max(Math.ceil(due - performance.now()), 1);
    const self = this.#self;
    this.#timer = setTimeout(() => self.deref()?.timeIsUp(), left);
    // While something is in flight the thread's own handle keeps the process alive.
    this.#timer.unref();
  }

  /** @internal Called by the timer. */
  timeIsUp(): void {
    this.#timer = undefined;
    if (this.#oldest === undefined) return;
    // After a time in which the program itself was busy, answers are delivered behind timers.
    setImmediate(() => this.#expire());
  }

  #expire(): void {
    const oldest = this.#oldest;
    if (oldest !== undefined && this.#due(oldest) <= performance.now()) {
      this.#withdraw(oldest.id, timeoutError(oldest.options.timeout ?? this.#defaultTimeout));
    }
    this.watch();
  }

  /** The thread comes to its end when it has done everything else. */
  get #oldest(): Request | undefined {
    return this.#requests.oldest ?? this.#ofThread;
  }

  #due(request: Request | undefined): number {
    if (request === undefined) return Number.POSITIVE_INFINITY;
    return this.#lastProgress + (request.options.timeout ?? this.#defaultTimeout);
  }
}

/** A change that was made has nothing to tell. */
function resolveWith(request: Request, reply: Reply<unknown>): void {
  request.resolve(request.recover === undefined || request.operation.read ? reply : undefined);
}

function timeoutError(timeout: number): HandleError {
  const message = `the kernel did not answer within ${timeout} ms; what was asked may still happen`;
  return new HandleError('ERR_LVS_TIMEOUT', message);
}
