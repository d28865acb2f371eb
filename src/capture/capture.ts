import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import type { Arena, Connection, Results } from '../native/index.js';
import {
  bytesBlock,
  Failure,
  inspectHandle,
  loadProtocol,
  openConnection,
} from '../native/index.js';
import { FrameBatch } from './batch.js';
import type { CaptureSubject } from './explain.js';
import { captureError } from './explain.js';
import type { Frame, LinkType } from './frame.js';
import { FrameIterator } from './iterator.js';
import type { CaptureOptions, CheckedOptions } from './options.js';
import { checkCaptureOptions } from './options.js';
import { BatchQueue } from './queue.js';
import type { CaptureTables } from './tables.js';
import { bindTables } from './tables.js';

/** Numbers of a capture since it began, as the kernel counted them. */
export interface CaptureStats {
  /** Frames that the filter let through; dropped ones are among them. */
  readonly received: number;
  /** Frames that found no room, because they were read too slowly or `bufferSize` is too small. */
  readonly dropped: number;
  /** How often there was no room, after there had been some. Always 0 with `immediate`. */
  readonly frozen: number;
}

/** How many batches may be on their way to whoever reads; the others stay in the kernel. */
const window = 8;
/** How many are asked for at a time. */
const share = 4;

let bound: CaptureTables | undefined;

function captureTables(): CaptureTables {
  bound ??= bindTables(loadProtocol('capture'));
  return bound;
}

/**
 * Begins to capture frames on a device, as `tcpdump` does, through a packet(7) socket. Reading the
 * result with `for await` gives {@link Frame} objects; leaving the loop ends the capture.
 *
 * Needs `CAP_NET_RAW` in the network namespace. That opening fails shows in `ready()`, in the loop
 * and in `stats()`.
 *
 * @throws TypeError or RangeError when an option makes no sense, a filter included.
 */
export function capture(options: CaptureOptions): Capture {
  const checked = checkCaptureOptions(options);
  options.signal?.throwIfAborted();
  return new Capture(checked, options);
}

/** A running capture: an async iterable of frames. It has one reader. */
export class Capture implements AsyncIterable<Frame>, AsyncDisposable {
  /** Name of the device. */
  readonly device: string;
  /** @internal The device's own Ethernet address; empty when it has none. */
  mac: Uint8Array = new Uint8Array();
  readonly #subject: CaptureSubject;
  readonly #queue: BatchQueue;
  readonly #opened: Promise<Connection>;
  #connection: Connection | undefined;
  #linkType: LinkType = 'ethernet';
  #asked = 0;
  #closing: Promise<void> | undefined;
  #finalStats: CaptureStats = { received: 0, dropped: 0, frozen: 0 };

  /** @internal */
  constructor(checked: CheckedOptions, options: CaptureOptions, subject?: CaptureSubject) {
    this.device = checked.device;
    this.#subject = subject ?? { operation: 'capture on', object: checked.device };
    this.#queue = new BatchQueue(() => this.#ask());
    this.#opened = this.#open(checked, options);
    this.#opened.catch((error) => this.#queue.fail(error));
    const { signal } = options;
    if (signal === undefined) return;
    const abort = (): void => {
      this.#queue.drop();
      this.#queue.fail(signal.reason);
      this.close().catch(() => undefined);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#queue.onEnd = () => signal.removeEventListener('abort', abort);
  }

  /**
   * Resolves to the capture itself once frames are being captured: what is sent from then on is
   * seen.
   *
   * @throws KernelError `ENODEV` no such device; `EPERM` without `CAP_NET_RAW`; `ENOMEM` no room
   *   for `bufferSize`; `EINVAL` the kernel refuses the filter's text.
   */
  async ready(): Promise<this> {
    await this.#opened;
    return this;
  }

  /** The frames one by one. Leaving the loop ends the capture. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Frame> {
    return new FrameIterator(this.batches());
  }

  /**
   * The frames by batches, as the kernel hands them over: for those who count frames by the hundred
   * thousand a second. Leaving the loop ends the capture.
   */
  async *batches(): AsyncGenerator<FrameBatch, void, void> {
    try {
      while (true) {
        const batch = await this.#queue.take();
        if (batch === undefined) return;
        yield batch;
      }
    } finally {
      await this.#discard();
    }
  }

  /** The kernel's counts so far; after `close()`, the final ones. */
  async stats(): Promise<CaptureStats> {
    const connection = await this.#opened;
    if (this.#closing !== undefined) {
      await this.#closing;
      return this.#finalStats;
    }
    const { count } = captureTables();
    return this.#settled(
      connection.request(count, {
        object: this.device,
        read: (rows, at) => this.#readStats(rows, at),
      }),
    );
  }

  /**
   * Ends the capture. Frames that had come in are still there to be read: the loop ends behind the
   * last one. Calling it again gives the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  /** Same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { device } = this;
    if (this.#connection !== undefined) {
      return inspectHandle('Capture', this.#connection, depth, options, { device });
    }
    return `Capture ${inspect({ device, open: false }, options)}`;
  }

  /** @internal Sends a frame out of the device as it is. */
  async send(frame: Uint8Array): Promise<void> {
    const connection = await this.#opened;
    const { send } = captureTables();
    const write = (arena: Arena): void => arena.blob(frame);
    await this.#settled(connection.request(send, { object: this.device, write }));
  }

  async #open(checked: CheckedOptions, options: CaptureOptions): Promise<Connection> {
    const tables = captureTables();
    const connection = await openConnection(tables.protocol, options);
    this.#connection = connection;
    try {
      await this.#settled(
        connection.request(tables.start, {
          object: this.device,
          write: (arena) => {
            const at = arena.record(tables.options.table);
            const fields = tables.options;
            fields.device.write(arena, at, checked.device);
            fields.snapLength.write(arena, at, checked.snapLength);
            fields.bufferSize.write(arena, at, checked.bufferSize);
            fields.immediate.write(arena, at, Number(checked.immediate));
            fields.promiscuous.write(arena, at, Number(checked.promiscuous));
            fields.direction.writeName(arena, at, checked.direction);
            if (checked.program !== undefined) arena.blob(checked.program);
          },
          read: (rows, at) => {
            this.#linkType = tables.link.type.readName(rows, at) ?? 'ethernet';
            this.mac = tables.link.mac.read(rows, at);
          },
        }),
      );
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  /** Asks for as many batches as may be on their way. */
  #ask(): void {
    this.#opened
      .then((connection) => {
        while (this.#closing === undefined && this.#asked + this.#queue.size <= window - share) {
          this.#askOnce(connection);
        }
      })
      .catch(() => undefined);
  }

  #askOnce(connection: Connection): void {
    const { next } = captureTables();
    this.#asked += share;
    const exchange = {
      argument: share,
      object: this.device,
      read: this.#reader(() => this.#asked--),
    };
    const answer = connection.request(next, exchange, { timeout: Number.POSITIVE_INFINITY });
    this.#settled(answer).catch((error: unknown) => {
      this.#queue.fail(error);
      this.close().catch(() => undefined);
    });
  }

  /** A lot's frames lie in a block of their own, and its record behind them. */
  #reader(
    onBatch: () => void = () => undefined,
  ): (rows: Results, at: number, table: number) => undefined {
    const { frame, lot } = captureTables();
    const origin = { fields: frame, device: this.device, linkType: this.#linkType };
    let start = 0;
    return (rows, at, table) => {
      if (table === bytesBlock) {
        start = at;
      } else if (table === lot.table.index) {
        onBatch();
        const length = lot.frames.read(rows, at);
        const wireLength = lot.wireLength.readNumber(rows, at);
        this.#queue.put(new FrameBatch(origin, { length, wireLength }, rows, start));
      }
    };
  }

  #readStats(rows: Results, at: number): CaptureStats {
    const { received, dropped, frozen } = captureTables().statistics;
    return {
      received: received.readNumber(rows, at),
      dropped: dropped.readNumber(rows, at),
      frozen: frozen.readNumber(rows, at),
    };
  }

  async #settled<T>(answer: Promise<{ readonly rows: T[] }>): Promise<T> {
    try {
      return (await answer).rows[0] as T;
    } catch (error) {
      throw error instanceof Failure ? captureError(this.#subject, error) : error;
    }
  }

  /** Takes over what the kernel still has, and its final counts, before the thread ends. */
  async #stop(): Promise<void> {
    const connection = await this.#opened.catch(() => undefined);
    if (connection === undefined) return;
    const { stop, statistics } = captureTables();
    const readFrames = this.#reader();
    const read = (rows: Results, at: number, table: number): void => {
      if (table === statistics.table.index) this.#finalStats = this.#readStats(rows, at);
      else readFrames(rows, at, table);
    };
    try {
      await this.#settled(connection.request(stop, { object: this.device, read }));
    } finally {
      await connection.close();
      this.#queue.end();
    }
  }

  /** Ends the capture for a reader that wants no more. */
  #discard(): Promise<void> {
    this.#queue.drop();
    return this.close();
  }
}
