import type { CallOptions } from '../../options/index.js';
import type { AddressFilter, InterfaceAddress } from '../address-types.js';
import type { Link, LinkFilter } from '../link-types.js';
import type { Neighbour, NeighbourFilter } from '../neighbour-types.js';
import type { Route, RouteFilter } from '../route-types.js';
import type { Rule, RuleFilter } from '../rule-types.js';

/**
 * What `watch` takes: the kinds of objects to be told of, of which at least one has to be named. A
 * filter is what the listing of that kind takes, and its conditions may come true and cease to be: an
 * address is `'added'` to those of a device when the device gets the name.
 */
export interface WatchOptions extends CallOptions {
  /** `true`, or which addresses. */
  readonly addresses?: boolean | AddressFilter | undefined;
  /** `true`, or which devices. */
  readonly links?: boolean | LinkFilter | undefined;
  /** `true` for those of table `main`, or which routes: `{ table: 'all' }`. */
  readonly routes?: boolean | RouteFilter | undefined;
  /** `true`, or which rules. */
  readonly rules?: boolean | RuleFilter | undefined;
  /** `true`, or which neighbours. The kernel does not announce that one is asked again. */
  readonly neighbours?: boolean | NeighbourFilter | undefined;
  /**
   * Tell first of the objects that are there, as `'added'`, and then that this is all
   * ({@link SettledEvent}): a view can be made of events alone. Default: `false`.
   */
  readonly initial?: boolean | undefined;
  /**
   * Bytes of the kernel's memory in which announcements wait for a slow reader, from 4096 to
   * 1073741824. One of an address takes about 1000. Beyond `net.core.rmem_max` it needs
   * `CAP_NET_ADMIN`, and is cut down to that without. Default: 4194304.
   */
  readonly bufferSize?: number | undefined;
}

/** How an event came about, where the kernel did not announce it. */
export interface EventOrigin {
  /** It was there when the watch began. */
  readonly initial?: true;
  /** The announcement was lost, or there is none: it was found by reading the state anew. */
  readonly resync?: true;
}

/** What has become of an object. */
export type ObjectChange<T> =
  | {
      /** `'added'`, `'removed'` or `'changed'`. */
      readonly change: 'added' | 'removed';
    }
  | {
      /** `'added'`, `'removed'` or `'changed'`. */
      readonly change: 'changed';
      /** What it was. */
      readonly previous: T;
    };

/**
 * One object that was added, changed or removed. The object stands under the name of its kind, as it
 * is now or, when it was removed, as it was last.
 */
export type ObjectEvent<Kind extends string, T> = EventOrigin &
  ObjectChange<T> & {
    /** The name of the kind. */
    readonly kind: Kind;
  } & { readonly [name in Kind]: T };

/** An address of a device, a flag or lifetime of it included. */
export type AddressEvent = ObjectEvent<'address', InterfaceAddress>;
/** A device: made, removed, moved in or out of the namespace, renamed, set up or down, … */
export type LinkEvent = ObjectEvent<'link', Link>;
/** A route. */
export type RouteEvent = ObjectEvent<'route', Route>;
/** A routing rule. */
export type RuleEvent = ObjectEvent<'rule', Rule>;
/** An entry of the ARP or NDP table. */
export type NeighbourEvent = ObjectEvent<'neighbour', Neighbour>;

/**
 * The reader was too slow: announcements were lost. What they said follows, as far as it still
 * holds, in events with `resync`, up to the next {@link SettledEvent}.
 */
export interface OverrunEvent {
  readonly kind: 'overrun';
}

/** What was told so far adds up to the kernel's state: behind the initial objects, or an overrun. */
export interface SettledEvent {
  readonly kind: 'settled';
}

/** What {@link Rtnl.watch} tells. */
export type WatchEvent =
  | AddressEvent
  | LinkEvent
  | RouteEvent
  | RuleEvent
  | NeighbourEvent
  | OverrunEvent
  | SettledEvent;
