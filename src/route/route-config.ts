import type { Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import { checkBoolean, checkChoice, checkInteger, checkObject } from '../options/index.js';
import type { Scope } from './address-types.js';
import { checkDevice } from './device.js';
import type { Prefix } from './prefix.js';
import { checkPrefix, edgeOf, formatPrefix } from './prefix.js';
import { checkRouteProtocol, checkTable, routeTypes } from './route-names.js';
import type { RouteProtocol, RouteType, RoutingTable } from './route-types.js';
import { checkScope } from './scope.js';

/** A route, or what narrows down which: checked, and only what was named. */
export interface ResolvedRoute {
  readonly destination: Prefix;
  readonly table: RoutingTable;
  readonly gateway: string | undefined;
  readonly device: string | undefined;
  readonly nextHops: readonly ResolvedHop[];
  readonly onLink: boolean;
  readonly source: string | undefined;
  readonly metric: number | undefined;
  readonly scope: Scope | undefined;
  readonly type: RouteType | undefined;
  readonly protocol: RouteProtocol | undefined;
  readonly mtu: number | undefined;
  /** For messages: `192.0.2.0/24 via 10.0.0.254`. */
  readonly name: string;
}

export interface ResolvedHop {
  readonly gateway: string | undefined;
  readonly device: string | undefined;
  readonly weight: number;
  readonly onLink: boolean;
}

const names = [
  'destination',
  'gateway',
  'device',
  'nextHops',
  'onLink',
  'source',
  'metric',
  'table',
  'scope',
  'type',
  'protocol',
  'mtu',
] as const;
/** What listings add; it is passed over. */
const seenNames = ['family', 'dead', 'linkDown'] as const;

type Given = ReturnType<typeof checkObject<(typeof names)[number] | (typeof seenNames)[number]>>;

/** Checks what names a route: what is not named may be anything. */
export function resolveRouteKey(value: unknown): ResolvedRoute {
  return resolve(checkObject('route', value, [...names, ...seenNames]));
}

/** Checks what `addRoute` was given and fills in what `ip` would. */
export function resolveRoute(value: unknown): ResolvedRoute {
  const route = resolveRouteKey(value);
  const type = route.type ?? 'unicast';
  const needsWay = ['unicast', 'local', 'broadcast', 'anycast', 'multicast'].includes(type);
  const hasWay =
    route.gateway !== undefined || route.device !== undefined || route.nextHops.length > 0;
  if (needsWay && !hasWay) {
    throw invalidValue('route', `given a gateway, a device or nextHops (type '${type}')`, value);
  }
  return {
    ...route,
    type,
    scope: route.scope ?? naturalScope(route, type),
    protocol: route.protocol ?? 'boot',
  };
}

function resolve(given: Given): ResolvedRoute {
  const gateway = optionalAddress('gateway', given.gateway);
  const destination = destinationOf(given.destination, gateway?.family);
  const { family } = destination;
  const type = given.type === undefined ? undefined : checkChoice('type', given.type, routeTypes);
  const nextHops = hopsOf(given.nextHops, family);
  const device = given.device === undefined ? undefined : checkDevice('device', given.device);
  if (nextHops.length > 0 && (gateway !== undefined || device !== undefined)) {
    throw invalidValue('nextHops', 'absent beside gateway or device', given.nextHops);
  }
  return {
    destination,
    table: tableOf(given.table, type, family),
    gateway: sameFamily('gateway', gateway, family),
    device,
    nextHops,
    onLink: checkBoolean('onLink', given.onLink ?? false),
    source: sameFamily('source', optionalAddress('source', given.source), family),
    metric: optionalInteger('metric', given.metric),
    scope: given.scope === undefined ? undefined : checkScope('scope', given.scope),
    type,
    protocol:
      given.protocol === undefined ? undefined : checkRouteProtocol('protocol', given.protocol),
    mtu: optionalInteger('mtu', given.mtu),
    name: nameOf(destination, gateway?.text, device),
  };
}

function nameOf(destination: Prefix, gateway?: string, device?: string): string {
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  return `${formatPrefix(destination)}${via}${device === undefined ? '' : ` dev ${device}`}`;
}

/** `'default'` is the family's whole range; which family, the gateway tells. */
export function destinationOf(
  value: unknown,
  family: Family | undefined,
  name = 'destination',
): Prefix {
  if (value === 'default') {
    if (family === undefined) {
      throw invalidValue(name, "'0.0.0.0/0' or '::/0' where no gateway tells", value);
    }
    const address = family === 'ipv4' ? '0.0.0.0' : '::';
    return { family, address, length: 0, explicit: true };
  }
  const prefix = checkPrefix(name, value);
  const first = edgeOf(prefix, 'first');
  if (first !== prefix.address) {
    const network = formatPrefix({ address: first, length: prefix.length });
    throw invalidValue(name, `a network, here '${network}'`, value);
  }
  return prefix;
}

/** As `ip` has it: iproute.c, iproute_modify(). The kernel knows no scopes in IPv6. */
function naturalScope(route: ResolvedRoute, type: RouteType): Scope {
  if (route.destination.family === 'ipv6') return 'global';
  if (type === 'local') return 'host';
  if (['broadcast', 'multicast', 'anycast'].includes(type)) return 'link';
  const direct = route.gateway === undefined && route.nextHops.length === 0;
  return type === 'unicast' && direct ? 'link' : 'global';
}

function tableOf(value: unknown, type: RouteType | undefined, family: Family): RoutingTable {
  if (value !== undefined) return checkTable('table', value);
  const own = type === 'local' || type === 'broadcast' || type === 'anycast';
  return own && family === 'ipv4' ? 'local' : 'main';
}

function hopsOf(value: unknown, family: Family): ResolvedHop[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalidType('nextHops', 'an array', value);
  return value.map((hop: unknown, index) => hopOf(`nextHops[${index}]`, hop, family));
}

function hopOf(name: string, value: unknown, family: Family): ResolvedHop {
  const given = checkObject(name, value, ['gateway', 'device', 'weight', 'onLink']);
  const gateway = optionalAddress(`${name}.gateway`, given.gateway);
  const { device } = given;
  if (gateway === undefined && device === undefined) {
    throw invalidValue(name, 'given a gateway or a device', value);
  }
  return {
    gateway: sameFamily(`${name}.gateway`, gateway, family),
    device: device === undefined ? undefined : checkDevice(`${name}.device`, device),
    weight: checkInteger(`${name}.weight`, given.weight ?? 1, 1, 256),
    onLink: checkBoolean(`${name}.onLink`, given.onLink ?? false),
  };
}

type Checked = ReturnType<typeof checkAddress>;

function optionalAddress(name: string, value: unknown): Checked | undefined {
  return value === undefined ? undefined : checkAddress(name, value);
}

function sameFamily(name: string, address: Checked | undefined, family: Family) {
  if (address === undefined || address.family === family) return address?.text;
  throw invalidValue(name, `an ${family} address like the destination`, address.text);
}

function optionalInteger(name: string, value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger(name, value, 0, 0xff_ff_ff_ff);
}
