import type { Family } from '../address/index.js';
import type { Scope } from './address-types.js';

/** What happens to packets of a route. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw';

/** A routing table: one that has a name, or its number (1 to 4294967295). */
export type RoutingTable = 'main' | 'local' | 'default' | number;

/** Who made a route; a number (0 to 255) for what has no name here. */
export type RouteProtocol =
  | 'unspecified'
  | 'redirect'
  | 'kernel'
  | 'boot'
  | 'static'
  | 'ra'
  | 'zebra'
  | 'bird'
  | 'dhcp'
  | 'keepalived'
  | 'bgp'
  | 'ospf'
  | number;

/** One of several ways that a route takes. */
export interface NextHop {
  /** Address of the router. */
  readonly gateway?: string;
  /** Device that packets leave by. */
  readonly device?: string;
  /** Share of the traffic, 1 to 256. Default: 1. */
  readonly weight?: number;
  /** The gateway is on the device's link whatever the routes say. Default: `false`. */
  readonly onLink?: boolean;
}

/** What `addRoute` takes: `ip route add`. Listed routes qualify. */
export interface RouteConfig {
  /** A network, `'192.0.2.0/24'`; an address alone is /32 or /128. `'default'` needs a `gateway`. */
  readonly destination: string;
  /** Address of the router. */
  readonly gateway?: string;
  /** Device that packets leave by. Default: the gateway's. */
  readonly device?: string;
  /** Instead of `gateway` and `device`: several ways at once. */
  readonly nextHops?: readonly NextHop[];
  /** The gateway is on the device's link whatever the routes say. Default: `false`. */
  readonly onLink?: boolean;
  /** Source address that the kernel is to prefer. */
  readonly source?: string;
  /** The lowest wins. Default: 0 in IPv4, 1024 in IPv6. */
  readonly metric?: number;
  /** Default: `'main'`; `'local'` for type `'local'`, `'broadcast'` and `'anycast'` in IPv4. */
  readonly table?: RoutingTable;
  /** IPv4. Default: `'link'` without a gateway, `'host'` for type `'local'`, else `'global'`. */
  readonly scope?: Scope;
  /** Default: `'unicast'`. */
  readonly type?: RouteType;
  /** Default: `'boot'`, as that of `ip`. */
  readonly protocol?: RouteProtocol;
  /** Bytes that packets of this route may have. */
  readonly mtu?: number;
}

/** What `removeRoute` takes: whatever is named beside the destination must match. */
export type RouteKey = RouteConfig;

/** A route as the kernel has it. Flags are there only where they are `true`. */
export interface Route extends RouteConfig {
  /** That of the destination. */
  readonly family: Family;
  /** The table that it stands in. */
  readonly table: RoutingTable;
  /** How far the destination is away. */
  readonly scope: Scope;
  /** What happens to packets. */
  readonly type: RouteType;
  /** Who made it. */
  readonly protocol: RouteProtocol;
  /** The device is down or gone, so the route is not used. */
  readonly dead?: boolean;
  /** The device has no carrier. */
  readonly linkDown?: boolean;
}

/** What `getRoute` may take into account beside the destination. */
export interface RouteLookup {
  /** The packet's source address. */
  readonly from?: string | undefined;
  /** The device that the packet must leave by. */
  readonly device?: string | undefined;
  /** The device that the packet came in by. Needs `from`. */
  readonly inDevice?: string | undefined;
  /** The packet's firewall mark. */
  readonly mark?: number | undefined;
}

/** Which routes to list; each condition narrows. */
export interface RouteFilter {
  /** Default: `'main'`. */
  readonly table?: RoutingTable | 'all' | undefined;
  /** Of this family. */
  readonly family?: Family | undefined;
  /** That leave by this device. */
  readonly device?: string | undefined;
  /** The network, or `'default'` for both families. */
  readonly destination?: string | undefined;
  /** That were made by this. */
  readonly protocol?: RouteProtocol | undefined;
  /** Of this type. */
  readonly type?: RouteType | undefined;
}
