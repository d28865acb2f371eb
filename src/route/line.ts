import { constants } from 'node:os';
import { HandleError, KernelError } from '../errors/index.js';
import type { Arena, Connection, Exchange, Protocol, Recover, Reply } from '../native/index.js';
import { Failure, KeyedQueue } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions } from '../options/index.js';
import type { Bound } from './bound.js';
import { explainFailure } from './explain.js';
import type { LinkRecord } from './link-record.js';
import type { Subject } from './subject.js';

/** How often a listing is taken again that raced with a change. */
const listAttempts = 10;

type Read<T> = NonNullable<Exchange<T>['read']>;

/** How to list objects of a kind. */
export interface Listing<T> {
  readonly operation: string;
  readonly write: (arena: Arena) => void;
  /** Makes what reads the rows of one answer. */
  readonly read: () => Read<T>;
  /** Codes by which the kernel says that there is nothing to list. */
  readonly absent?: readonly string[];
}

/** A write, and how to tell from the kernel's state whether it was done. */
export interface Write {
  readonly operation: string;
  readonly write: (arena: Arena) => void;
  readonly subject: Subject;
  readonly isDone: () => Promise<boolean>;
}

/** How a write goes over. */
class WriteExchange implements Exchange<never> {
  readonly what: Write;

  constructor(what: Write) {
    this.what = what;
  }

  get object(): string | undefined {
    return this.what.subject.object;
  }

  write(arena: Arena): void {
    this.what.write(arena);
  }
}

/** What a handle's calls are made of. */
export interface Spoken {
  readonly protocol: Protocol;
  /** Where devices can be listed, to name those that there are. */
  readonly link?: LinkRecord;
}

/** One handle's way to the kernel: what all calls of this module have in common. */
export class Line<B extends Spoken = Bound> {
  readonly connection: Connection;
  readonly bound: B;
  /** What reads, merges and writes takes turns, by what it is about. */
  readonly turns: KeyedQueue = new KeyedQueue();
  readonly #shared = new Map<string, Promise<unknown>>();

  constructor(connection: Connection, bound: B) {
    this.connection = connection;
    this.bound = bound;
  }

  /** All rows of a listing, from one state of the kernel. */
  async list<T>(listing: Listing<T>, subject: Subject, options: CallOptions): Promise<T[]> {
    checkCallOptions(options);
    const { rows, whole } = await this.look(listing, subject, options);
    if (whole) return rows;
    throw new KernelError({
      operation: subject.operation,
      object: subject.object,
      errno: -constants.errno.EINTR,
      syscall: 'netlink',
      cause: `it changed each of the ${listAttempts} times that it was read`,
      cure: 'try again when less is changing',
    });
  }

  /**
   * The rows of a listing, taken again while changes race with it. One that is not whole in the end
   * may lack rows and have some twice.
   */
  async look<T>(
    { operation, write, read, absent = [] }: Listing<T>,
    subject: Subject,
    options: CallOptions,
  ): Promise<{ readonly rows: T[]; readonly whole: boolean }> {
    for (let attempt = 1; ; attempt++) {
      const reply = await this.#attempt(
        operation,
        { write, read: read(), object: subject.object },
        options,
      );
      if ('failure' in reply) {
        if (absent.includes(reply.failure.code)) return { rows: [], whole: true };
        throw await this.explain(reply.failure, subject);
      }
      const whole = !reply.interrupted;
      if (whole || attempt === listAttempts) return { rows: reply.rows, whole };
    }
  }

  /** Joins the calls of one tick that ask for the same: the kernel is asked once. */
  share<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const shared = this.#shared.get(key) as Promise<T> | undefined;
    if (shared !== undefined) return shared;
    const asked = ask();
    this.#shared.set(key, asked);
    process.nextTick(() => this.#shared.delete(key));
    return asked;
  }

  /** The rows of one answer; `undefined` when the kernel says by one of `codes` that there is none. */
  async get<T>(
    operation: string,
    write: (arena: Arena) => void,
    read: Read<T>,
    subject: Subject,
    codes: readonly string[],
    options: CallOptions,
  ): Promise<T[] | undefined> {
    checkCallOptions(options);
    const reply = await this.#attempt(operation, { write, read, object: subject.object }, options);
    if (!('failure' in reply)) return reply.rows;
    if (codes.includes(reply.failure.code)) return undefined;
    throw await this.explain(reply.failure, subject);
  }

  /**
   * Changes something. When the kernel's answer is lost, its state tells what came of it.
   *
   * Not async: ten thousand of these wait at once, and each would keep a frame of its own.
   */
  act(what: Write, options: CallOptions): Promise<void> {
    try {
      checkCallOptions(options);
      const operation = this.bound.protocol.operation(what.operation);
      return this.connection.act(operation, new WriteExchange(what), options, this.#recover);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readonly #recover: Recover<WriteExchange> = async (_, exchange, options, failure) => {
    const { what } = exchange;
    if (!failure.lost) throw await this.explain(failure, what.subject);
    if (await what.isDone()) return;
    const reply = await this.#attempt(what.operation, exchange, options);
    if (!('failure' in reply)) return;
    if (!reply.failure.lost) throw await this.explain(reply.failure, what.subject);
    if (!(await what.isDone())) throw notDone(what.subject);
  };

  /** Has the kernel load a module, where it can; whether it did shows in what needed it. */
  async requestModule(name: string, options: CallOptions): Promise<void> {
    await this.#attempt('requestModule', { write: (arena) => arena.text(name) }, options);
  }

  async #attempt<T>(
    operation: string,
    exchange: Pick<Exchange<T>, 'write' | 'read' | 'object'>,
    options: CallOptions,
  ): Promise<Reply<T> | { failure: Failure }> {
    try {
      const { protocol } = this.bound;
      return await this.connection.request(protocol.operation(operation), exchange, options);
    } catch (error) {
      if (error instanceof Failure) return { failure: error };
      throw error;
    }
  }

  /** The error that a caller sees for a failure. */
  explain(failure: Failure, subject: Subject): Promise<Error> {
    if (failure.lost) {
      const { operation, object = '' } = subject;
      return Promise.resolve(
        new HandleError(
          'ERR_LVS_UNKNOWN_OUTCOME',
          `${operation} ${object}: the kernel's answer was lost, several times; try again`,
        ),
      );
    }
    return explainFailure(failure, subject, () => this.#deviceNames());
  }

  async #deviceNames(): Promise<string[]> {
    const { link } = this.bound;
    if (link === undefined) return [];
    const reply = await this.#attempt(
      'listLinks',
      {
        write: (arena) => link.writeFilter(arena, {}),
        read: (rows, at) => link.readName(rows, at),
      },
      {},
    );
    return 'failure' in reply ? [] : reply.rows;
  }
}

function notDone({ operation, object = '' }: Subject): HandleError {
  const message = `${operation} ${object}: the kernel's answer was lost and it has not been done; try again`;
  return new HandleError('ERR_LVS_UNKNOWN_OUTCOME', message);
}
