import type { CallOptions } from '../options/index.js';
import type { Connection } from './connection.js';
import type { Exchange, Reply } from './exchange.js';

/** What came of asking for announcements. */
export interface Announcements<T> {
  readonly rows: readonly T[];
  /** Later ones found no room, or could not be read: only the kernel's state tells what they said. */
  readonly lost: boolean;
  /** Nothing more is waiting. */
  readonly drained: boolean;
}

/** What to be told of. */
export interface Membership<Group extends string> {
  /** Names of multicast groups, as the protocol's table `watch` has them. */
  readonly groups: readonly Group[];
  /** Bytes that may wait in the socket, by the kernel's count. */
  readonly bufferSize: number;
}

/**
 * Membership in multicast groups of the kernel: a socket of its own on the handle's thread. What is
 * announced stays there until it is asked for, and what finds no room is lost, which is told. The
 * protocol's side of it is described in `native/netlink/subscriptions.h`.
 */
export class Subscription {
  readonly #connection: Connection;
  readonly #number: number;

  /** Everything that is announced from when this has resolved on will be told. */
  static async join<Group extends string>(
    connection: Connection,
    membership: Membership<Group>,
    options: CallOptions,
  ): Promise<Subscription> {
    const subscription = new Subscription(connection);
    try {
      await subscription.#join(membership, options);
      return subscription;
    } catch (error) {
      // The thread may have joined where it is only the caller who gave up.
      await subscription.leave();
      throw error;
    }
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
    this.#number = connection.nextNumber();
  }

  /** What has been announced since the last time, once there is anything. */
  next<T>(read: NonNullable<Exchange<T>['read']>, signal: AbortSignal): Promise<Announcements<T>> {
    const options = { signal, timeout: Number.POSITIVE_INFINITY };
    return this.#ask('nextEvents', { read }, options).then(announcementsOf);
  }

  /** What has been announced since the last time, which may be nothing. */
  poll<T>(read: NonNullable<Exchange<T>['read']>, signal: AbortSignal): Promise<Announcements<T>> {
    return this.#ask('pollEvents', { read }, { signal }).then(announcementsOf);
  }

  /** Closes the socket. What is still being waited for is rejected. */
  async leave(): Promise<void> {
    if (this.#connection.closed) return;
    // That fails only when the handle is closed meanwhile, and the socket with it.
    await this.#ask('unwatch', {}, {}).catch(() => undefined);
  }

  async #join(membership: Membership<string>, options: CallOptions): Promise<void> {
    const table = this.#connection.protocol.table('watch');
    const groups = table.flags('groups', membership.groups);
    const bufferSize = table.number('bufferSize');
    await this.#ask(
      'watch',
      {
        write: (arena) => {
          const at = arena.record(table);
          groups.write(arena, at, membership.groups);
          bufferSize.write(arena, at, membership.bufferSize);
        },
      },
      options,
    );
  }

  #ask<T = never>(
    operation: string,
    exchange: Exchange<T>,
    options: CallOptions,
  ): Promise<Reply<T>> {
    return this.#connection.request(
      this.#connection.protocol.operation(operation),
      { ...exchange, argument: this.#number },
      options,
    );
  }
}

function announcementsOf<T>({ rows, interrupted, end }: Reply<T>): Announcements<T> {
  return { rows, lost: interrupted, drained: end };
}
