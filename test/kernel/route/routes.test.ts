import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteConfig } from '../../../src/route/index.js';
import { useRoom } from './support.js';

const room = useRoom();

/** What `ip` says of all routes of a family, without those that the kernel made. */
function seen(option: '-4' | '-6', ...commands: string[]): Record<string, unknown>[] {
  const routes = room.json([...commands, 'route show table all'], option);
  return routes.filter(({ protocol }) => protocol !== 'kernel');
}

beforeEach(async () => {
  const { route } = room;
  await Promise.all([
    route.addLink({ kind: 'bridge', name: 'ens3', up: true }),
    route.addAddress({ device: 'ens3', address: '10.0.0.1/24' }),
    route.addAddress({ device: 'ens3', address: '2001:db8::1/64', noDad: true }),
  ]);
});

afterEach(async () => {
  const { route } = room;
  const blackholes = await route.listRoutes({ table: 'all', type: 'blackhole' });
  await Promise.all(blackholes.map((blackhole) => route.removeRoute(blackhole)));
  await route.removeLink('ens3');
});

const cases: [RouteConfig, string][] = [
  [{ destination: '192.0.2.0/24', gateway: '10.0.0.254' }, '192.0.2.0/24 via 10.0.0.254'],
  [{ destination: '192.0.2.7', device: 'ens3' }, '192.0.2.7 dev ens3'],
  [{ destination: 'default', gateway: '10.0.0.254' }, 'default via 10.0.0.254'],
  [
    { destination: '0.0.0.0/0', gateway: '10.0.0.254', metric: 50, table: 7, source: '10.0.0.1' },
    'default via 10.0.0.254 metric 50 table 7 src 10.0.0.1',
  ],
  [
    { destination: '192.0.2.0/24', gateway: '10.9.9.9', device: 'ens3', onLink: true, mtu: 1300 },
    '192.0.2.0/24 via 10.9.9.9 dev ens3 onlink mtu 1300',
  ],
  [{ destination: '192.0.2.0/24', type: 'blackhole' }, 'blackhole 192.0.2.0/24'],
  [{ destination: '192.0.2.0/24', type: 'local', device: 'ens3' }, 'local 192.0.2.0/24 dev ens3'],
  [
    { destination: '192.0.2.0/24', device: 'ens3', protocol: 'static', scope: 'global' },
    '192.0.2.0/24 dev ens3 proto static scope global',
  ],
  [
    {
      destination: '192.0.2.0/24',
      nextHops: [{ gateway: '10.0.0.253' }, { gateway: '10.0.0.254', device: 'ens3', weight: 3 }],
    },
    '192.0.2.0/24 nexthop via 10.0.0.253 nexthop via 10.0.0.254 dev ens3 weight 3',
  ],
  [{ destination: '2001:db8:1::/48', gateway: '2001:db8::fe' }, '2001:db8:1::/48 via 2001:db8::fe'],
  [
    { destination: '2001:db8:1::/48', device: 'ens3', metric: 9 },
    '2001:db8:1::/48 dev ens3 metric 9',
  ],
];

describe('addRoute and removeRoute', () => {
  it.each(cases)('make %o as ip does, and undo what ip did', async (config, words) => {
    const { route } = room;
    const option = config.destination.includes(':') ? '-6' : '-4';
    const expected = seen(option, `route add ${words}`);
    expect(expected).toHaveLength(1);
    const all = await route.listRoutes({ table: 'all' });
    const listed = all.filter(({ protocol }) => protocol !== 'kernel');
    expect(listed).toHaveLength(1);
    const [first] = listed;
    if (first === undefined) return;
    await route.removeRoute(first);
    expect(await route.listRoutes({ table: 'all', protocol: first.protocol })).toEqual([]);
    await route.addRoute(first);
    expect(seen(option)).toEqual(expected);
    const { destination, table, type } = config;
    await route.removeRoute({
      destination: destination === 'default' ? '0.0.0.0/0' : destination,
      ...(table && { table }),
      ...(type && { type }),
    });
    await route.addRoute(config);
    expect(seen(option)).toEqual(expected);
  });
});

describe('listRoutes', () => {
  it.each([
    [{ destination: '192.0.2.0/24' }, 2],
    [{ destination: '192.0.2.0/24', table: 7 }, 1],
    [{ table: 9 }, 0],
    [{ destination: 'default' }, 1],
    [{ device: 'ens3', protocol: 'static' }, 1],
    [{ table: 'all', type: 'blackhole' }, 1],
    [{ family: 'ipv6', destination: '192.0.2.0/24' }, 0],
  ] as const)('filters by %o', async (filter, count) => {
    const { route } = room;
    await Promise.all([
      route.addRoute({ destination: '192.0.2.0/24', gateway: '10.0.0.254' }),
      route.addRoute({ destination: '192.0.2.0/24', gateway: '10.0.0.254', metric: 5 }),
      route.addRoute({ destination: '192.0.2.0/24', gateway: '10.0.0.254', table: 7 }),
      route.addRoute({ destination: 'default', gateway: '10.0.0.254', protocol: 'static' }),
      route.addRoute({ destination: '198.51.100.0/24', type: 'blackhole', table: 8 }),
    ]);
    expect(await route.listRoutes(filter)).toHaveLength(count);
  });
});
