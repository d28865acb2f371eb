import { HandleError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { netnsName } from '../options/index.js';
import type { Addon, NativeHandle } from './addon.js';
import { Arena } from './arena.js';
import type { Exchange, Reply } from './exchange.js';
import { Failure } from './failure.js';
import type { Request } from './pending.js';
import { PendingRequests } from './pending.js';
import type { Result } from './results.js';
import { Results } from './results.js';
import type { Operation, Protocol } from './table.js';
import type { HandleTrace } from './trace.js';
import { isTraced, traceRequest } from './trace.js';
import { resultFlag } from './wire.js';

/** How often a reading whose answer was lost is repeated. */
const readRetries = 2;

/** Request 0, which the thread makes by itself: its first word, and, once it was closed, its last. */
const threadId = 0;
const opening: Operation = { name: 'open', index: 0, read: false };
const closing: Operation = { name: 'close', index: 0, read: false };

/**
 * Bytes that go over at once, about a thousand requests: of a larger batch the thread works on the
 * first part while the rest is still being asked for.
 */
const largestBatch = 512 << 10;

let lastHandle = 0;

/**
 * One handle's line to its thread. Requests made in the same tick go over as one batch; answers are
 * matched by number. While nothing is in flight the process may end and the handle be collected.
 */
export class Connection {
  readonly protocol: Protocol;
  /** Path of the namespace file that it was opened in, `''` for the caller's own namespace. */
  readonly netns: string;
  readonly handle: HandleTrace;
  readonly #addon: Addon;
  readonly #native: NativeHandle;
  readonly #pending: PendingRequests;
  readonly #receiver: Receiver;
  readonly #arena = new Arena();
  #flushing = false;
  #nextId = 1;
  #lastNumber = 0;
  #closed: Promise<void> | undefined;

  /** Starts the thread; the reply to request 0 tells whether it could open. */
  static async open(
    addon: Addon,
    protocol: Protocol,
    options: ConnectionOptions,
  ): Promise<Connection> {
    const connection = new Connection(addon, protocol, options);
    const open = (): Promise<Reply<never>> => connection.#opened(options);
    if (isTraced()) await traceRequest(connection.handle, protocol, opening, {}, open);
    else await open();
    return connection;
  }

  private constructor(addon: Addon, protocol: Protocol, options: ConnectionOptions) {
    this.protocol = protocol;
    this.netns = options.netns;
    const netns = netnsName(options.netns);
    this.handle = { kind: protocol.name, id: ++lastHandle, ...(netns !== '' && { netns }) };
    this.#addon = addon;
    this.#pending = new PendingRequests(
      options.timeout,
      (id) => this.#addon.cancel(this.#native, id),
      (request) => this.#repeat(request),
    );
    this.#receiver = new Receiver(this);
    const native = addon.open(protocol.name, options.netns, this.#receiver.callback);
    if (typeof native === 'number') throw new Failure(native, 0, { plain: 'start' });
    this.#native = native;
  }

  /** Number of requests that have not been answered. */
  get inFlight(): number {
    return this.#pending.size - Number(this.#pending.has(threadId));
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** A number that nothing else on this handle has got from here. */
  nextNumber(): number {
    return ++this.#lastNumber;
  }

  /** Queues a request; it leaves with all others of this tick. */
  request<T = never>(
    operation: Operation,
    exchange: Exchange<T>,
    options: CallOptions = {},
  ): Promise<Reply<T>> {
    if (!isTraced()) return this.#ask(operation, exchange, options);
    return traceRequest(this.handle, this.protocol, operation, exchange, (shown) =>
      this.#ask(operation, shown, options),
    );
  }

  #opened(options: ConnectionOptions): Promise<Reply<never>> {
    return new Promise((resolve, reject) => {
      this.#begin(threadId, {
        resolve: resolve as (reply: Reply<unknown>) => void,
        reject: (error) => {
          // The thread goes on where it is only the caller who gave up.
          this.#addon.close(this.#native);
          this.#end();
          reject(error);
        },
        operation: opening,
        exchange: {},
        options,
        retries: 0,
        rows: undefined,
        interrupted: false,
      });
    });
  }

  #ask<T>(operation: Operation, exchange: Exchange<T>, options: CallOptions): Promise<Reply<T>> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) throw closedError();
      options.signal?.throwIfAborted();
      this.#start({
        operation,
        exchange,
        options,
        resolve: resolve as (reply: Reply<unknown>) => void,
        reject,
        retries: operation.read ? readRetries : 0,
        rows: undefined,
        interrupted: false,
      });
    });
  }

  #start(request: Request): void {
    this.#begin(this.#write(request.operation, request.exchange), request);
  }

  #repeat(request: Request): boolean {
    if (this.#closed !== undefined) return false;
    request.retries--;
    request.rows = undefined;
    request.interrupted = false;
    this.#start(request);
    return true;
  }

  /**
   * Resolves once everything in flight has been answered and the thread has ended. Rejects where the
   * kernel does not let go of the thread in the handle's time; it then ends by itself.
   */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve, reject) => {
      this.#flush();
      this.#begin(threadId, {
        resolve: () => resolve(),
        reject: (error) => {
          this.#release();
          reject(error);
        },
        operation: closing,
        exchange: {},
        options: {},
        retries: 0,
        rows: undefined,
        interrupted: false,
      });
      this.#addon.close(this.#native);
    });
    return this.#closed;
  }

  /** @internal Called with each lot of results, and without any as the thread's last word. */
  receive(bytes: ArrayBuffer | undefined, size: number): void {
    if (bytes === undefined) {
      this.#end();
      return;
    }
    this.#pending.progress();
    const results = new Results(bytes, size);
    for (const result of results) this.#settle(results, result);
    if (results.kept) this.#addon.keepResults(this.#native);
    this.#pending.watch();
    if (this.#pending.size === 0) this.#release();
  }

  #write(operation: Operation, exchange: Exchange<unknown>): number {
    const id = this.#nextId;
    this.#nextId = this.#nextId === 0xff_ff_ff_ff ? 1 : this.#nextId + 1;
    this.#arena.beginRequest(id, operation.index, exchange.argument ?? 0);
    try {
      exchange.write?.(this.#arena);
    } catch (error) {
      this.#arena.dropRequest();
      throw error;
    }
    this.#arena.endRequest();
    if (this.#arena.length >= largestBatch) this.#submit();
    else this.#scheduleFlush();
    return id;
  }

  #begin(id: number, request: Request): void {
    if (this.#pending.size === 0) this.#hold();
    this.#pending.add(id, request);
  }

  /** Behind the microtasks of this tick, so that calls made by its promises join the batch too. */
  #scheduleFlush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => process.nextTick(() => this.#flush()));
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#arena.length > 0) this.#submit();
  }

  #submit(): void {
    this.#addon.submit(this.#native, this.#arena.take());
  }

  #settle(results: Results, result: Result): void {
    if (result.count > 1) {
      for (let i = 0; i < result.count; i++) this.#pending.succeed(result.id + i);
    } else if (result.error !== 0 || (result.flags & resultFlag.lost) !== 0) {
      const texts = results.read(result, () => undefined);
      this.#pending.fail(result.id, new Failure(result.error, result.flags, texts));
    } else {
      this.#pending.answer(results, result);
    }
  }

  #hold(): void {
    this.#receiver.held = this;
    this.#addon.reference(this.#native, true);
  }

  #release(): void {
    this.#receiver.held = undefined;
    this.#addon.reference(this.#native, false);
  }

  /** The thread has ended, or never got going. */
  #end(): void {
    const close = this.#pending.take(threadId);
    this.#pending.failAll(closedError);
    this.#receiver.held = undefined;
    this.#closed ??= Promise.resolve();
    close?.resolve({ rows: [], interrupted: false, end: true });
  }
}

/** How a connection is opened. */
export interface ConnectionOptions {
  /** Path of a namespace file, or `''` for the caller's own namespace. */
  readonly netns: string;
  /** Default for every request, in milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Passes results on, without keeping a connection alive that nobody uses any more. */
class Receiver {
  held: Connection | undefined;
  readonly #connection: WeakRef<Connection>;

  constructor(connection: Connection) {
    this.#connection = new WeakRef(connection);
  }

  readonly callback = (bytes: ArrayBuffer | undefined, size: number): void => {
    this.#connection.deref()?.receive(bytes, size);
  };
}

function closedError(): HandleError {
  return new HandleError('ERR_LVS_CLOSED', 'the handle is closed; open a new one');
}
