import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import type { AddressClaim } from '../capture/resolution/index.js';
import { inspectHandle, openConnection } from '../native/index.js';
import type { CallOptions, OpenOptions } from '../options/index.js';
import type { Watch } from '../watch/index.js';
import { addAddress } from './address-addition.js';
import { addAlias } from './address-alias.js';
import { ensureAddress, relabelAddress, updateAddress } from './address-changes.js';
import type {
  AddressConfig,
  AddressFilter,
  AddressKey,
  AddressPatch,
  AliasSettings,
  Ensured,
  InterfaceAddress,
} from './address-types.js';
import { flushAddresses, listAddresses, removeAddress } from './addresses.js';
import { bind } from './bound.js';
import type { AnnouncementConfig, ProbeConfig } from './claim-types.js';
import { announceAddress, probeAddress } from './claims.js';
import type { LabelPolicy } from './label.js';
import { Line } from './line.js';
import type { Link, LinkConfig, LinkFilter, LinkPatch } from './link-types.js';
import { addLink, getLink, listLinks, removeLink, updateLink } from './links.js';
import type {
  Neighbour,
  NeighbourConfig,
  NeighbourFilter,
  NeighbourKey,
} from './neighbour-types.js';
import { addNeighbour, listNeighbours, removeNeighbour } from './neighbours.js';
import type { Route, RouteConfig, RouteFilter, RouteKey, RouteLookup } from './route-types.js';
import { addRoute, getRoute, listRoutes, removeRoute } from './routes.js';
import type { Rule, RuleConfig, RuleFilter } from './rule-types.js';
import { addRule, listRules, removeRule } from './rules.js';
import type { WatchEvent, WatchOptions } from './watch/index.js';
import { watch } from './watch/index.js';

const noOptions: CallOptions = {};

/**
 * Addresses, devices and routes of one network namespace, over rtnetlink(7).
 *
 * Calls made in the same tick go to the kernel together and in order; each one settles by itself.
 * What the kernel refuses is rejected with a `KernelError`: it says why and what to do, and carries
 * the kernel's own text. Mistakes in arguments are a `TypeError` or `RangeError`, before the kernel
 * sees anything. Reading needs no privilege; changing needs `CAP_NET_ADMIN`.
 */
export class Rtnl {
  readonly #line: Line;

  /**
   * Opens a handle: a thread and a socket in the given network namespace.
   *
   * @throws KernelError `ENOENT`: there is no such namespace; `EPERM`: joining it is not allowed.
   */
  static async open(options: OpenOptions = {}): Promise<Rtnl> {
    const bound = bind();
    const connection = await openConnection(bound.protocol, options);
    return new Rtnl(new Line(connection, bound));
  }

  private constructor(line: Line) {
    this.#line = line;
  }

  /**
   * Adds an address to a device: `ip address add`. No broadcast address unless asked for.
   *
   * @throws KernelError `EEXIST`: the device has it already; `ENODEV`: there is no such device.
   */
  addAddress(address: AddressConfig, options: CallOptions = noOptions): Promise<void> {
    return addAddress(this.#line, address, options);
  }

  /**
   * Removes the address of exactly this prefix length (an address alone is /32 or /128) and, where
   * one is given, this label: `ip address del`.
   *
   * @returns The addresses that went with it: when the first IPv4 address of a network goes, the
   *   kernel removes its secondaries too, unless the sysctl `promote_secondaries` is on.
   * @throws KernelError `EADDRNOTAVAIL`: the device has no such address.
   */
  removeAddress(address: AddressKey, options: CallOptions = {}): Promise<InterfaceAddress[]> {
    return removeAddress(this.#line, address, options);
  }

  /**
   * Changes lifetimes, metric or owner of an address (in IPv6 also its flags) and nothing
   * else: `ip address change`. What else an address has, the kernel can't change in place.
   *
   * @throws KernelError `EADDRNOTAVAIL`: the device has no such address.
   */
  updateAddress(
    address: AddressKey,
    patch: AddressPatch,
    options: CallOptions = {},
  ): Promise<void> {
    return updateAddress(this.#line, address, patch, options);
  }

  /**
   * Makes sure that the device has this address with the settings that are named; one that is there
   * keeps its others. What the kernel can't change in place (label, broadcast, scope) is changed by
   * removing the address and adding it again at once, with those that depend on it.
   */
  ensureAddress(address: AddressConfig, options: CallOptions = {}): Promise<Ensured> {
    return ensureAddress(this.#line, address, options);
  }

  /**
   * Gives an IPv4 address another label, by removing it and adding it again at once, with those that
   * depend on it; connections stay.
   *
   * @throws KernelError `EADDRNOTAVAIL`: the device has no such address.
   */
  relabelAddress(
    address: AddressKey,
    label: string,
    options: CallOptions & { readonly labelPolicy?: LabelPolicy } = {},
  ): Promise<void> {
    const { labelPolicy = 'device', ...rest } = options;
    return relabelAddress(this.#line, address, label, labelPolicy, rest);
  }

  /**
   * Adds an IPv4 address under the first free label: `alias('ens3', '10.0.0.1')` makes `ens3:1`.
   *
   * @returns The address as the kernel has it.
   * @throws RangeError `ERR_OUT_OF_RANGE`: the device's name leaves no room for a label.
   */
  alias(
    device: string,
    address: string,
    settings: AliasSettings = {},
    options: CallOptions = {},
  ): Promise<InterfaceAddress> {
    return addAlias(this.#line, device, address, settings, options);
  }

  /**
   * Removes every address that the filter names, which must name something: `ip address flush`.
   *
   * @returns The addresses removed.
   */
  flushAddresses(filter: AddressFilter, options: CallOptions = {}): Promise<InterfaceAddress[]> {
    return flushAddresses(this.#line, filter, options);
  }

  /** Lists addresses in the kernel's order: `ip address show`. */
  listAddresses(
    filter: AddressFilter = {},
    options: CallOptions = {},
  ): Promise<InterfaceAddress[]> {
    return listAddresses(this.#line, filter, options);
  }

  /**
   * Tells all neighbours of a device which MAC address an address has now: that of the device. Clients
   * and routers that knew it by another send to this machine from then on. The kernel does not do so
   * by itself when an address is added. IPv4: gratuitous ARP (RFC 5227, `arping -U` and `-A`); IPv6: an
   * unsolicited neighbour advertisement (RFC 4861, 7.2.6). Needs `CAP_NET_RAW`.
   *
   * @returns When the last one has been sent, which is (`count` - 1) × `interval` after the first.
   * @throws KernelError `EPERM` without `CAP_NET_RAW`; `ENODEV`: there is no such device; `ENETDOWN`:
   *   it is down; `ENOTSUP` or `EPFNOSUPPORT`: it has no neighbours, or none on Ethernet.
   */
  announceAddress(announcement: AnnouncementConfig, options: CallOptions = {}): Promise<void> {
    return announceAddress(this.#line, announcement, options);
  }

  /**
   * Asks the neighbours of a device who has an address: whether it is free to be taken, or who answers
   * for it now. The question comes from no address, so nobody learns anything wrong by it (RFC 5227 for
   * IPv4, as `arping -D`; RFC 4862 for IPv6). This machine does not hear itself. Needs `CAP_NET_RAW`.
   *
   * @returns Every machine that has the address, or is just looking whether it may take it, after the
   *   `interval` in which the first was heard; `[]` when nobody was, after `count` × `interval`.
   * @throws KernelError As `announceAddress`.
   */
  probeAddress(probe: ProbeConfig, options: CallOptions = {}): Promise<AddressClaim[]> {
    return probeAddress(this.#line, probe, options);
  }

  /**
   * Makes a device: `ip link add`.
   *
   * @throws KernelError `EEXIST`: the name is taken; `ENOTSUP`: the kernel lacks the kind.
   */
  addLink(link: LinkConfig, options: CallOptions = {}): Promise<void> {
    return addLink(this.#line, link, options);
  }

  /**
   * Changes what is named of a device and nothing else: `ip link set`. When the kernel refuses one
   * of several changes, those before it may have been made.
   *
   * @throws KernelError `ENODEV`: there is no such device.
   */
  updateLink(device: string, patch: LinkPatch, options: CallOptions = {}): Promise<void> {
    return updateLink(this.#line, device, patch, options);
  }

  /**
   * Removes a device, and with one end of a veth pair the other: `ip link del`.
   *
   * @throws KernelError `ENODEV`: there is no such device; `ENOTSUP`: it is real hardware, or `lo`.
   */
  removeLink(device: string, options: CallOptions = {}): Promise<void> {
    return removeLink(this.#line, device, options);
  }

  /** A device by its name; `undefined` when there is none. */
  getLink(device: string, options: CallOptions = {}): Promise<Link | undefined> {
    return getLink(this.#line, device, options);
  }

  /** Lists devices: `ip link show`. */
  listLinks(filter: LinkFilter = {}, options: CallOptions = {}): Promise<Link[]> {
    return listLinks(this.#line, filter, options);
  }

  /**
   * Adds a route: `ip route add`.
   *
   * @throws KernelError `EEXIST`: there is one to the same destination with the same metric;
   *   `ENETUNREACH`: the gateway can't be reached directly.
   */
  addRoute(route: RouteConfig, options: CallOptions = {}): Promise<void> {
    return addRoute(this.#line, route, 'refused', options);
  }

  /** Adds a route in the place of one to the same destination with the same metric, if there is. */
  replaceRoute(route: RouteConfig, options: CallOptions = {}): Promise<void> {
    return addRoute(this.#line, route, 'replaced', options);
  }

  /**
   * Removes the first route that has everything that is named: `ip route del`.
   *
   * @throws KernelError `ESRCH`: there is none.
   */
  removeRoute(route: RouteKey, options: CallOptions = {}): Promise<void> {
    return removeRoute(this.#line, route, options);
  }

  /** Lists the routes of table `main`, unless another is named: `ip route show`. */
  listRoutes(filter: RouteFilter = {}, options: CallOptions = {}): Promise<Route[]> {
    return listRoutes(this.#line, filter, options);
  }

  /** The way that a packet takes, `undefined` when there is none: `ip route get`. */
  getRoute(
    address: string,
    lookup: RouteLookup = {},
    options: CallOptions = {},
  ): Promise<Route | undefined> {
    return getRoute(this.#line, address, lookup, options);
  }

  /**
   * Adds a rule that says which packets take which routing table: `ip rule add`.
   *
   * @throws KernelError `EEXIST`: there is such a rule.
   */
  addRule(rule: RuleConfig, options: CallOptions = {}): Promise<void> {
    return addRule(this.#line, rule, options);
  }

  /**
   * Removes the first rule that has everything that is named: `ip rule del`.
   *
   * @throws KernelError `ENOENT`: there is none.
   */
  removeRule(rule: RuleConfig, options: CallOptions = {}): Promise<void> {
    return removeRule(this.#line, rule, options);
  }

  /** Lists rules in the order in which they are asked: `ip rule show`. */
  listRules(filter: RuleFilter = {}, options: CallOptions = {}): Promise<Rule[]> {
    return listRules(this.#line, filter, options);
  }

  /**
   * Enters a neighbour's MAC address by hand: `ip neighbour add`.
   *
   * @throws KernelError `EEXIST`: the kernel knows the neighbour already.
   */
  addNeighbour(neighbour: NeighbourConfig, options: CallOptions = {}): Promise<void> {
    return addNeighbour(this.#line, neighbour, 'refused', options);
  }

  /** Enters a neighbour's MAC address in the place of what is known of it, if anything is. */
  replaceNeighbour(neighbour: NeighbourConfig, options: CallOptions = {}): Promise<void> {
    return addNeighbour(this.#line, neighbour, 'replaced', options);
  }

  /**
   * Forgets a neighbour: `ip neighbour del`.
   *
   * @throws KernelError `ENOENT`: the kernel knows none of that address.
   */
  removeNeighbour(neighbour: NeighbourKey, options: CallOptions = {}): Promise<void> {
    return removeNeighbour(this.#line, neighbour, options);
  }

  /** Lists the ARP and NDP tables, in whatever state entries are: `ip neighbour show nud all`. */
  listNeighbours(filter: NeighbourFilter = {}, options: CallOptions = {}): Promise<Neighbour[]> {
    return listNeighbours(this.#line, filter, options);
  }

  /**
   * Tells of changes as they happen, whoever makes them: `ip monitor`. Objects are watched by kinds,
   * each with the filter of its listing. It begins when it is first read, or by `ready()`.
   *
   * The kernel's announcements are compared with what is known, so that an event says what has
   * changed; what it doesn't announce (IPv4 routes that go with their device, say) is found by
   * listing, and marked with `resync`. A reader that is too slow loses announcements: it is told
   * (`'overrun'`), then of all that has changed by then. A state between two others may be left out,
   * the last one never is.
   *
   * Leaving the loop, `close()`, the `signal` and closing this handle end it; only the signal's
   * reason is thrown.
   *
   * @throws TypeError `ERR_INVALID_ARG_VALUE`: nothing to watch is named.
   */
  watch(options: WatchOptions): Watch<WatchEvent> {
    return watch(this.#line, options);
  }

  /** Ends the thread once everything in flight has been answered. May be called again. */
  close(): Promise<void> {
    return this.#line.connection.close();
  }

  /** {@link Rtnl.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspectHandle('Rtnl', this.#line.connection, depth, options);
  }
}
