import { checkAddress } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkChoice, checkInteger, checkObject } from '../options/index.js';
import { checkDevice } from './device.js';
import { optionalFamily } from './families.js';
import type { Line } from './line.js';
import { formatPrefix } from './prefix.js';
import type { ResolvedRoute } from './route-config.js';
import { destinationOf, resolveRoute, resolveRouteKey } from './route-config.js';
import { checkRouteProtocol, checkTable, routeTypes } from './route-names.js';
import type { KernelRouteFilter } from './route-record.js';
import type { Route, RouteFilter, RouteLookup } from './route-types.js';
import type { Explanation, Subject } from './subject.js';

const filterNames = ['table', 'family', 'device', 'destination', 'protocol', 'type'] as const;
const fieldNames = { prefixLength: 'destination' };

export async function addRoute(
  line: Line,
  config: unknown,
  twin: 'refused' | 'replaced',
  options: CallOptions,
): Promise<void> {
  const route = resolveRoute(config);
  const [operation, words] =
    twin === 'refused' ? ['addRoute', 'add route'] : ['putRoute', 'replace route'];
  await line.act(
    {
      operation,
      write: (arena) => line.bound.route.write(arena, route),
      subject: subjectOf(words, route, ({ code }) => refusal(code, route)),
      isDone: async () => (await findRoute(line, route)) !== undefined,
    },
    options,
  );
}

export async function removeRoute(line: Line, key: unknown, options: CallOptions): Promise<void> {
  const route = resolveRouteKey(key);
  // Without a scope the kernel would look for a global one only (RT_SCOPE_NOWHERE: any).
  const wanted = { ...route, scope: route.scope ?? 'nowhere' } as const;
  await line.act(
    {
      operation: 'removeRoute',
      write: (arena) => line.bound.route.write(arena, wanted),
      subject: subjectOf('remove route', route, ({ code }) =>
        code === 'ESRCH' || code === 'ENOENT' ? absent(line, route) : undefined,
      ),
      isDone: async () => (await findRoute(line, route)) === undefined,
    },
    options,
  );
}

/** The way that a packet to an address takes; `undefined` when there is none. */
export async function getRoute(
  line: Line,
  address: unknown,
  lookup: RouteLookup,
  options: CallOptions,
): Promise<Route | undefined> {
  const { family, text } = checkAddress('address', address);
  const given = checkObject('lookup', lookup, ['from', 'device', 'inDevice', 'mark']);
  const from = given.from === undefined ? undefined : checkAddress('from', given.from);
  if (from !== undefined && from.family !== family) {
    throw invalidValue('from', `an ${family} address like the destination`, given.from);
  }
  const question = {
    family,
    address: text,
    from: from?.text,
    device: optionalDevice('device', given.device),
    inDevice: optionalDevice('inDevice', given.inDevice),
    mark: given.mark === undefined ? undefined : checkInteger('mark', given.mark, 0, 0xff_ff_ff_ff),
  };
  const { device, inDevice } = question;
  const rows = await line.get(
    'getRoute',
    (arena) => line.bound.route.writeQuestion(arena, question),
    line.bound.route.reader(() => true),
    { operation: 'get route', object: text, names: { device, inDevice } },
    ['ENETUNREACH', 'EHOSTUNREACH'],
    options,
  );
  return rows?.[0];
}

function optionalDevice(name: string, value: unknown): string | undefined {
  return value === undefined ? undefined : checkDevice(name, value);
}

export async function listRoutes(
  line: Line,
  filter: RouteFilter,
  options: CallOptions,
): Promise<Route[]> {
  const { kernel, matches } = resolveRouteFilter(filter);
  return await line.list(
    {
      operation: 'listRoutes',
      write: (arena) => line.bound.route.writeFilter(arena, kernel),
      read: () => line.bound.route.reader(matches),
      // A table that nothing was ever put into.
      absent: ['ENOENT'],
    },
    { operation: 'list routes', names: { device: kernel.device } },
    options,
  );
}

/** The first route that a key names. */
async function findRoute(line: Line, key: ResolvedRoute): Promise<Route | undefined> {
  const { destination, table, metric, gateway, device } = key;
  const rows = await listRoutes(line, { table, family: destination.family }, {});
  const network = formatPrefix(destination);
  return rows.find(
    (route) =>
      route.destination === network &&
      (metric === undefined || (route.metric ?? 0) === metric) &&
      (gateway === undefined || route.gateway === gateway) &&
      (device === undefined || route.device === device),
  );
}

function subjectOf(
  operation: string,
  route: ResolvedRoute,
  explain: NonNullable<Subject['explain']>,
): Subject {
  const { name, device, nextHops } = route;
  const names = { device: device ?? nextHops.find((hop) => hop.device !== undefined)?.device };
  return { operation, object: name, names, fields: fieldNames, explain };
}

function refusal(code: string, route: ResolvedRoute): Explanation | undefined {
  switch (code) {
    case 'EEXIST':
      return {
        cause: 'there is such a route already',
        cure: 'remove it first or give this one another metric',
      };
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return {
        cause: `no device reaches the gateway ${route.gateway ?? ''} directly`,
        cure: 'add an address of its network first, or pass onLink with a device',
      };
    case 'ENETDOWN':
      return { cause: `${route.device ?? 'the device'} is down`, cure: 'set it up first' };
    default:
      return undefined;
  }
}

async function absent(line: Line, key: ResolvedRoute): Promise<Explanation> {
  const { destination, table } = key;
  const rows = await listRoutes(line, { table, family: destination.family }, {});
  const same = rows.filter((route) => route.destination === formatPrefix(destination));
  const ways = same.map(
    ({ gateway = '', device = '', metric = 0 }) => `${gateway} ${device} metric ${metric}`,
  );
  return {
    cause: `table ${table} has no such route`,
    cure:
      ways.length === 0 ? 'it has none to that destination' : `it has: ${ways.join(', ').trim()}`,
  };
}

interface ResolvedFilter {
  readonly kernel: KernelRouteFilter;
  /** Tests everything but the device, which the kernel tests. */
  readonly matches: (route: Route) => boolean;
  /** Whether it may be true of one of several routes to the same destination and not of another. */
  readonly splits: boolean;
}

/** Checks which routes are wanted. */
export function resolveRouteFilter(value: unknown): ResolvedFilter {
  const given = checkObject('filter', value, filterNames);
  const { table = 'main', destination, device } = given;
  const wanted = {
    protocol:
      given.protocol === undefined ? undefined : checkRouteProtocol('protocol', given.protocol),
    type: given.type === undefined ? undefined : checkChoice('type', given.type, routeTypes),
    table: table === 'all' ? undefined : checkTable('table', table),
    device: device === undefined ? undefined : checkDevice('device', device),
    family: optionalFamily(given.family),
  };
  const networks = destination === undefined ? undefined : networksOf(destination);
  return {
    kernel: { family: wanted.family, table: wanted.table, device: wanted.device },
    matches: (route) =>
      (wanted.family === undefined || route.family === wanted.family) &&
      (wanted.protocol === undefined || route.protocol === wanted.protocol) &&
      (wanted.type === undefined || route.type === wanted.type) &&
      (wanted.table === undefined || route.table === wanted.table) &&
      (networks === undefined || networks.includes(route.destination)),
    splits: [wanted.device, wanted.protocol, wanted.type].some((value) => value !== undefined),
  };
}

function networksOf(destination: unknown): string[] {
  if (destination === 'default') return ['0.0.0.0/0', '::/0'];
  return [formatPrefix(destinationOf(destination, undefined))];
}
