import type { CallOptions } from '../../options/index.js';
import type { InterfaceAddress } from '../address-types.js';
import type { Line, Listing } from '../line.js';
import type { Link } from '../link-types.js';
import type { Neighbour } from '../neighbour-types.js';
import type { Route } from '../route-types.js';
import type { Rule } from '../rule-types.js';
import type { Seen } from '../seen.js';
import type { WatchEvent } from './types.js';
import type { Announcement, Change, Selection } from './view.js';
import { View } from './view.js';

/** Kinds of objects, by the name under which they stand in events. */
export interface Kinds {
  readonly link: Link;
  readonly address: InterfaceAddress;
  readonly neighbour: Neighbour;
  readonly route: Route;
  readonly rule: Rule;
}

/** The names of multicast groups in the addon's table `watch`. */
export type Group =
  | 'links'
  | 'neighbours'
  | 'ipv4Addresses'
  | 'ipv6Addresses'
  | 'ipv4Routes'
  | 'ipv6Routes'
  | 'ipv4Rules'
  | 'ipv6Rules'
  | 'nextHops';

/** How an event came about. */
export type Origin = 'announced' | 'initial' | 'resync';

/** One kind of objects that is watched: how it is listed, and what is known of it. */
export interface WatchedConfig<Kind extends keyof Kinds> {
  readonly kind: Kind;
  readonly groups: readonly Group[];
  readonly listing: Listing<Seen<Kinds[Kind]>>;
  readonly selection: Selection<Kinds[Kind]>;
}

export class Watched<Kind extends keyof Kinds> {
  readonly kind: Kind;
  readonly groups: readonly Group[];
  readonly view: View<Kinds[Kind]>;
  readonly #listing: Listing<Seen<Kinds[Kind]>>;

  constructor({ kind, groups, listing, selection }: WatchedConfig<Kind>) {
    this.kind = kind;
    this.groups = groups;
    this.view = new View(selection);
    this.#listing = listing;
  }

  /** Asks the kernel what there is. */
  look(line: Line, options: CallOptions): ReturnType<typeof line.look<Seen<Kinds[Kind]>>> {
    return line.look(this.#listing, { operation: `watch ${this.kind}` }, options);
  }

  /** `undefined` when the kernel has to be asked. */
  announce(announcement: Announcement<Kinds[Kind]>): WatchEvent[] | undefined {
    return this.view.announce(announcement)?.map((change) => this.#event(change, 'announced'));
  }

  settle(listed: readonly Seen<Kinds[Kind]>[], whole: boolean, origin: Origin): WatchEvent[] {
    return this.view.settle(listed, whole).map((change) => this.#event(change, origin));
  }

  #event(change: Change<Kinds[Kind]>, origin: Origin): WatchEvent {
    return {
      kind: this.kind,
      change: change.change,
      [this.kind]: change.object,
      ...(change.change === 'changed' && { previous: change.previous }),
      ...(origin !== 'announced' && { [origin]: true }),
    } as unknown as WatchEvent;
  }
}
