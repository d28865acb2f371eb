import { setTimeout as delay } from 'node:timers/promises';
import { Failure, Subscription } from '../../native/index.js';
import type { CallOptions } from '../../options/index.js';
import type { EventSource } from '../../watch/index.js';
import type { Line } from '../line.js';
import type { Link } from '../link-types.js';
import * as kinds from './kinds.js';
import type { CheckedWatch } from './options.js';
import type { Message } from './reader.js';
import { messageReader } from './reader.js';
import type { WatchEvent } from './types.js';
import type { Change } from './view.js';
import { View } from './view.js';
import type { Group, Kinds, Origin, Watched } from './watched.js';

/** Answers with announcements that may go by before what needs a listing gets it. */
const mostRounds = 16;
/** Milliseconds to wait before a listing is tried again that changes raced with, at first and at most. */
const pauses = [10, 200] as const;

type AnyWatched = { [Kind in keyof Kinds]: Watched<Kind> }[keyof Kinds];

/**
 * What happens to the objects that are watched: announcements, as far as they tell, and listings
 * for what they don't. Several things happen without a word from the kernel (net/ipv4/fib_frontend.c
 * and fib_semantics.c, net/ipv4/devinet.c, net/ipv6/route.c): IPv4 routes go with their device, with
 * a shared next hop and, before Linux 6.6, with their source address; IPv6 routes lose it, or one of
 * several ways; labels follow the name of a device.
 */
export class RouteEventSource implements EventSource<WatchEvent> {
  readonly #line: Line;
  readonly #watch: CheckedWatch;
  readonly #options: CallOptions;
  readonly #links: Watched<'link'>;
  /** All devices, whichever are told of. */
  readonly #devices = new View<Link>({ matches: () => true, splitsSlots: false });
  readonly #watched = new Map<keyof Kinds, AnyWatched>();
  /** What announcements alone can't tell any more: it has to be listed. */
  readonly #stale = new Set<AnyWatched>();
  /** Addresses that have gone, which routes may have had as their source. */
  readonly #goneAddresses = new Set<string>();
  #joined: Promise<Subscription> | undefined;
  #first: WatchEvent[] = [];
  /** Whether the reader waits to hear that all is told. */
  #owesSettled = false;
  #rounds = 0;
  #pause = 0;

  constructor(line: Line, watch: CheckedWatch, options: CallOptions) {
    const { bound } = line;
    const { filters } = watch;
    this.#line = line;
    this.#watch = watch;
    this.#options = options;
    this.#links = kinds.watchedLinks(bound, filters.get('links'));
    const add = (watched: AnyWatched): unknown => this.#watched.set(watched.kind, watched);
    add(this.#links);
    if (filters.has('addresses')) add(kinds.watchedAddresses(bound, filters.get('addresses')));
    if (filters.has('neighbours')) add(kinds.watchedNeighbours(bound, filters.get('neighbours')));
    if (filters.has('routes')) add(kinds.watchedRoutes(bound, filters.get('routes')));
    if (filters.has('rules')) add(kinds.watchedRules(bound, filters.get('rules')));
  }

  async start(signal: AbortSignal): Promise<void> {
    const groups = new Set<Group>([...this.#watched.values()].flatMap((each) => each.groups));
    const { bufferSize, initial } = this.#watch;
    this.#joined = Subscription.join(
      this.#line.connection,
      { groups: [...groups], bufferSize },
      { ...this.#options, signal },
    );
    await this.#told(this.#joined);
    this.#goStale();
    const events = await this.#settle(signal, 'initial');
    this.#owesSettled = initial;
    this.#first = initial ? [...events, ...this.#settledEvent()] : [];
  }

  async next(signal: AbortSignal): Promise<WatchEvent[]> {
    const first = this.#first.splice(0);
    if (first.length > 0) return first;
    const subscription = await this.#joined;
    if (subscription === undefined) return [];
    const read = messageReader(this.#line.bound);
    const waits = this.#stale.size === 0;
    const batch = await this.#told(
      waits ? subscription.next(read, signal) : subscription.poll(read, signal),
    );
    const events = batch.rows.flatMap((message) => this.#take(message));
    this.#missSources();
    if (batch.lost) {
      events.push({ kind: 'overrun' });
      this.#owesSettled = true;
      this.#goStale();
    }
    this.#rounds++;
    if (batch.lost || batch.drained || this.#rounds >= mostRounds) {
      this.#rounds = 0;
      events.push(...(await this.#settle(signal, 'resync')), ...this.#settledEvent());
    }
    return events;
  }

  async stop(): Promise<void> {
    // Who did not get to join has nothing to leave.
    const subscription = await this.#joined?.catch(() => undefined);
    await subscription?.leave();
  }

  /** An answer, or why there was none. */
  async #told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw await this.#line.explain(error, { operation: 'watch' });
    }
  }

  /** What one message changes. */
  #take(message: Message): WatchEvent[] {
    if (message.kind === 'sharedNextHop') {
      this.#miss('route');
      return [];
    }
    if (message.kind === 'link') {
      for (const change of this.#devices.announce(message) ?? []) this.#consider(change);
    }
    if (message.kind === 'address' && message.removed && message.seen.object !== undefined) {
      this.#goneAddresses.add(message.seen.object.address.replace(/\/.*/, ''));
    }
    const watched = this.#watched.get(message.kind) as Watched<keyof Kinds> | undefined;
    if (watched === undefined) return [];
    const events = watched.announce(message);
    if (events === undefined) this.#miss(message.kind);
    return events ?? [];
  }

  /** What a device takes along that is not announced by itself. */
  #consider(change: Change<Link>): void {
    if (change.change === 'removed') {
      this.#miss('link');
      this.#miss('route');
    } else if (change.change === 'added') {
      // The end of a veth pair that was there first is not announced again.
      if (change.object.peer !== undefined) this.#miss('link');
    } else {
      if (change.object.name !== change.previous.name) this.#goStale();
      if (carries(change.object) !== carries(change.previous)) this.#miss('route');
    }
  }

  #missSources(): void {
    if (this.#goneAddresses.size === 0) return;
    const routes = this.#watched.get('route') as Watched<'route'> | undefined;
    for (const { source } of routes?.view.objects() ?? []) {
      if (source === undefined || !this.#goneAddresses.has(source)) continue;
      this.#miss('route');
      break;
    }
    this.#goneAddresses.clear();
  }

  #miss(kind: keyof Kinds): void {
    const watched = this.#watched.get(kind);
    if (watched !== undefined) this.#stale.add(watched);
  }

  #goStale(): void {
    for (const watched of this.#watched.values()) this.#stale.add(watched);
  }

  /** Lists what is stale. What changes raced with all the time stays so, for the next time. */
  async #settle(signal: AbortSignal, origin: Origin): Promise<WatchEvent[]> {
    const events: WatchEvent[] = [];
    let whole = true;
    // Devices come first, in the order of the map: what they are called now makes others stale.
    for (const watched of this.#watched.values()) {
      if (!this.#stale.delete(watched)) continue;
      const found = await this.#list(watched, signal, origin);
      events.push(...found.events);
      if (found.whole) continue;
      this.#stale.add(watched);
      whole = false;
    }
    if (!whole) await this.#rest(signal);
    else this.#pause = 0;
    return events;
  }

  async #list(
    watched: AnyWatched,
    signal: AbortSignal,
    origin: Origin,
  ): Promise<{ events: WatchEvent[]; whole: boolean }> {
    const options = { ...this.#options, signal };
    if (watched !== this.#links) {
      const { rows, whole } = await (watched as Watched<keyof Kinds>).look(this.#line, options);
      return { events: (watched as Watched<keyof Kinds>).settle(rows, whole, origin), whole };
    }
    const { rows, whole } = await this.#links.look(this.#line, options);
    for (const change of this.#devices.settle(rows, whole)) {
      if (origin === 'resync') this.#consider(change);
    }
    this.#stale.delete(watched);
    return { events: this.#links.settle(rows, whole, origin), whole };
  }

  async #rest(signal: AbortSignal): Promise<void> {
    this.#pause = Math.min(Math.max(this.#pause * 2, pauses[0]), pauses[1]);
    await delay(this.#pause, undefined, { signal });
  }

  #settledEvent(): WatchEvent[] {
    if (!this.#owesSettled || this.#stale.size > 0) return [];
    this.#owesSettled = false;
    return [{ kind: 'settled' }];
  }
}

/** What the routes of a device hang on. */
function carries({ up, flags }: Link): string {
  return [up, flags.includes('running'), flags.includes('lowerUp')].join();
}
