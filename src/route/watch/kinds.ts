import type { Family } from '../../address/index.js';
import { resolveAddressFilter } from '../addresses.js';
import type { Bound } from '../bound.js';
import { families } from '../families.js';
import { resolveLinkFilter } from '../links.js';
import { resolveNeighbourFilter } from '../neighbours.js';
import type { Route } from '../route-types.js';
import { resolveRouteFilter } from '../routes.js';
import { resolveRuleFilter } from '../rules.js';
import type { Group } from './watched.js';
import { Watched } from './watched.js';

// Listings are narrowed down in the kernel by family and table only: whether a device has the name
// that a filter asks for may change, and it need not be there yet.

function groupsOf<Name extends string>(
  family: Family | undefined,
  name: Name,
): `${Family}${Name}`[] {
  return families
    .filter((each) => family === undefined || each === family)
    .map((each): `${Family}${Name}` => `${each}${name}`);
}

export function watchedAddresses({ address }: Bound, filter: unknown): Watched<'address'> {
  const { family, matches } = resolveAddressFilter(filter);
  return new Watched({
    kind: 'address',
    groups: groupsOf(family, 'Addresses'),
    listing: {
      operation: 'listAddresses',
      write: (arena) => address.writeFilter(arena, family, undefined),
      read: () => (rows, at) => address.readSeen(rows, at),
    },
    selection: { matches, splitsSlots: false },
  });
}

/** Devices are always watched, since the names of others are theirs; without a filter none is told. */
export function watchedLinks({ link }: Bound, filter: unknown): Watched<'link'> {
  const matches = filter === undefined ? () => false : resolveLinkFilter(filter).matches;
  return new Watched({
    kind: 'link',
    groups: ['links'],
    listing: {
      operation: 'listLinks',
      write: (arena) => link.writeFilter(arena, {}),
      read: () => link.seenReader(),
    },
    selection: { matches, splitsSlots: false },
  });
}

export function watchedRoutes({ route }: Bound, filter: unknown): Watched<'route'> {
  const { kernel, matches, splits } = resolveRouteFilter(filter);
  const { family, table, device } = kernel;
  const leavesBy = ({ device: own, nextHops = [] }: Route): boolean =>
    device === undefined || own === device || nextHops.some((hop) => hop.device === device);
  // Addresses and shared next hops take routes along without a word when they go.
  const groups: Group[] = [...groupsOf(family, 'Routes'), ...groupsOf(family, 'Addresses')];
  return new Watched({
    kind: 'route',
    groups: [...groups, 'nextHops'],
    listing: {
      operation: 'listRoutes',
      write: (arena) => route.writeFilter(arena, { family, table }),
      read: () => route.seenReader(),
      absent: ['ENOENT'],
    },
    selection: {
      matches: (row) => matches(row) && leavesBy(row),
      splitsSlots: splits,
    },
  });
}

export function watchedRules({ rule }: Bound, filter: unknown): Watched<'rule'> {
  const { family, matches } = resolveRuleFilter(filter);
  return new Watched({
    kind: 'rule',
    groups: groupsOf(family, 'Rules'),
    listing: {
      operation: 'listRules',
      write: (arena) => rule.writeFilter(arena, family),
      read: () => (rows, at) => rule.readSeen(rows, at),
    },
    selection: { matches, splitsSlots: false },
  });
}

export function watchedNeighbours({ neighbour }: Bound, filter: unknown): Watched<'neighbour'> {
  const { family, matches } = resolveNeighbourFilter(filter);
  return new Watched({
    kind: 'neighbour',
    groups: ['neighbours'],
    listing: {
      operation: 'listNeighbours',
      write: (arena) => neighbour.writeFilter(arena, family, undefined),
      read: () => (rows, at) => neighbour.readSeen(rows, at),
    },
    selection: { matches, splitsSlots: false },
  });
}
