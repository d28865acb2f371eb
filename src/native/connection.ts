import { HandleError } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { netnsName } from '../options/index.js';
import type { Addon, NativeHandle } from './addon.js';
import { Arena } from './arena.js';
import type { Exchange, Reply } from './exchange.js';
import { Failure } from './failure.js';
import { PendingRequests } from './pending.js';
import { Receiver } from './receiver.js';
import type { Recover, Request, Settle } from './request.js';
import { Deferrer, threadRequest } from './request.js';
import { Results } from './results.js';
import type { Operation, Protocol } from './table.js';
import type { HandleTrace } from './trace.js';
import { isTraced, traceRequest } from './trace.js';
import { resultFlag, threadId } from './wire.js';

/** How often a reading whose answer was lost is repeated. */
const readRetries = 2;

const opening: Operation = { name: 'open', index: 0, read: false };
const closing: Operation = { name: 'close', index: 0, read: false };

/**
 * Bytes that go over at once, about a thousand requests: of a larger batch the thread works on the
 * first part while the rest is still being asked for.
 */
const largestBatch = 512 << 10;

type AnyRecover = Recover<Exchange<unknown>, unknown>;

const noOptions: CallOptions = {};
const deferrer = new Deferrer();

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
    options: CallOptions = noOptions,
  ): Promise<Reply<T>> {
    if (!isTraced()) return this.#ask(operation, exchange, options);
    return traceRequest(this.handle, this.protocol, operation, exchange, (shown) =>
      this.#ask(operation, shown, options),
    );
  }

  /**
   * Queues a request that changes something; what becomes of it where it fails is for `recover` to
   * say. One promise is all that such a request makes.
   */
  act<E extends Exchange<never>>(
    operation: Operation,
    exchange: E,
    options: CallOptions,
    recover: Recover<E>,
  ): Promise<void> {
    if (!isTraced()) return this.#queue(operation, exchange, options, recover as AnyRecover);
    return this.#traced(operation, exchange, options, recover).then(() => undefined);
  }

  /** Queues a request that reads; where it fails, `recover` says how. */
  read<T>(
    operation: Operation,
    exchange: Exchange<T>,
    options: CallOptions,
    recover: Recover<Exchange<unknown>, never>,
  ): Promise<Reply<T>> {
    if (!isTraced()) return this.#queue(operation, exchange, options, recover);
    return this.#traced(operation, exchange, options, recover);
  }

  #traced<T, E extends Exchange<T>, R>(
    operation: Operation,
    exchange: E & Exchange<T>,
    options: CallOptions,
    recover: Recover<E, R>,
  ): Promise<Reply<T> | R> {
    return this.request<T>(operation, exchange, options).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      return recover(operation, exchange, options, error);
    });
  }

  #opened(options: ConnectionOptions): Promise<Reply<never>> {
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown): void => {
        // The thread goes on where it is only the caller who gave up.
        this.#addon.close(this.#native);
        this.#end();
        reject(error);
      };
      this.#begin(threadRequest(opening, options, resolve as Settle, giveUp));
    });
  }

  #ask<T>(operation: Operation, exchange: Exchange<T>, options: CallOptions): Promise<Reply<T>> {
    return this.#queue(operation, exchange, options, undefined);
  }

  #queue<R>(
    operation: Operation,
    exchange: Exchange<unknown>,
    options: CallOptions,
    recover: AnyRecover | undefined,
  ): Promise<R> {
    const promise = deferrer.make();
    const { resolve, reject } = deferrer;
    try {
      if (this.#closed !== undefined) throw closedError();
      options.signal?.throwIfAborted();
      this.#start({
        id: 0,
        operation,
        exchange,
        options,
        resolve,
        reject,
        recover,
        retries: operation.read ? readRetries : 0,
        rows: undefined,
        interrupted: false,
      });
    } catch (error) {
      reject(error);
    }
    return promise as Promise<R>;
  }

  #start(request: Request): void {
    request.id = this.#write(request.operation, request.exchange);
    this.#begin(request);
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
      const giveUp = (error: unknown): void => {
        this.#release();
        reject(error);
      };
      this.#begin(threadRequest(closing, noOptions, () => resolve(), giveUp));
      this.#addon.close(this.#native);
    });
    return this.#closed;
  }

  /** @internal Called with each lot of results, and without any as the thread's last word. */
  receive(bytes: ArrayBuffer | undefined, size: number, pause: boolean): void {
    if (pause) setImmediate(() => this.#addon.deliverNext(this.#native, this.#receiver.callback));
    if (bytes === undefined) {
      this.#end();
      return;
    }
    const results = new Results(bytes, size, this.#addon.detachResults);
    while (results.next()) this.#settle(results);
    if (results.kept) this.#addon.keepResults(this.#native);
    if (this.#pending.size > 0) {
      this.#pending.progress();
      this.#pending.watch();
    } else {
      this.#release();
    }
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

  #begin(request: Request): void {
    if (this.#pending.size === 0) this.#hold();
    this.#pending.add(request);
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

  #settle(results: Results): void {
    const { id, count, error, flags } = results;
    if (count > 1) {
      for (let i = 0; i < count; i++) this.#pending.succeed((id + i) >>> 0);
    } else if (error !== 0 || (flags & resultFlag.lost) !== 0) {
      this.#pending.fail(id, new Failure(error, flags, results.texts()));
    } else {
      this.#pending.answer(results);
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

function closedError(): HandleError {
  return new HandleError('ERR_LVS_CLOSED', 'the handle is closed; open a new one');
}
