import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NeighbourConfig, RuleConfig } from '../../../src/route/index.js';
import { useRoom } from './support.js';

const room = useRoom();

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
  const rules = await route.listRules();
  await Promise.all(
    rules.filter(({ protocol }) => protocol !== 'kernel').map((rule) => route.removeRule(rule)),
  );
  await route.removeLink('ens3');
});

const rules: [RuleConfig, string][] = [
  [{ from: '10.0.0.0/8', table: 7, priority: 100 }, 'from 10.0.0.0/8 table 7 priority 100'],
  [{ to: '192.0.2.1', priority: 5 }, 'to 192.0.2.1 priority 5'],
  [{ mark: 1, mask: 15, table: 100, priority: 9 }, 'fwmark 1/15 table 100 priority 9'],
  [{ mark: 7, table: 'local', priority: 9 }, 'fwmark 7 table local priority 9'],
  [
    { inDevice: 'ens3', outDevice: 'lo', tos: 16, not: true, priority: 9 },
    'not iif ens3 oif lo tos 0x10 priority 9',
  ],
  [{ from: '10.0.0.0/8', action: 'prohibit', priority: 9 }, 'from 10.0.0.0/8 prohibit priority 9'],
  [{ priority: 9, action: 'goto', target: 32766 }, 'priority 9 goto 32766'],
  [{ from: '2001:db8::/32', table: 7, priority: 9 }, 'from 2001:db8::/32 table 7 priority 9'],
];

describe('rules', () => {
  it.each(rules)('%o are as ip makes them', async (config, words) => {
    const { route } = room;
    const family = config.from?.includes(':') ? 'ipv6' : 'ipv4';
    const option = family === 'ipv6' ? '-6' : '-4';
    const expected = room.json([`rule add ${words}`, 'rule show'], option);
    const [listed] = await route.listRules({ family, priority: config.priority });
    expect(listed).toMatchObject({
      ...config,
      ...(config.to && { to: '192.0.2.1/32' }),
    });
    if (listed === undefined) return;
    await route.removeRule(listed);
    expect(await route.listRules({ family, priority: config.priority })).toEqual([]);
    await route.addRule(listed);
    expect(room.json(['rule show'], option)).toEqual(expected);
    await route.removeRule({ priority: config.priority ?? 0, family });
    await route.addRule(config);
    expect(room.json(['rule show'], option)).toEqual(expected);
  });

  it('are refused as twins, and where there is none to remove', async () => {
    const { route } = room;
    const rule = { from: '10.0.0.0/8', table: 7, priority: 100 };
    await route.addRule(rule);
    await expect(route.addRule(rule)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(route.removeRule({ priority: 77 })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(route.removeRule({})).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });
});

const neighbours: [Omit<NeighbourConfig, 'device'>, string][] = [
  [{ address: '10.0.0.9', macAddress: '02:00:00:00:00:09' }, '10.0.0.9 lladdr 02:00:00:00:00:09'],
  [
    { address: '2001:db8::9', macAddress: '02:00:00:00:00:09', state: 'noArp' },
    '2001:db8::9 lladdr 02:00:00:00:00:09 nud noarp',
  ],
];

describe('neighbours', () => {
  it.each(neighbours)('%o are as ip makes them', async (config, words) => {
    const { route } = room;
    const shown = `neighbour show dev ens3 nud all to ${config.address}`;
    const expected = room.json([`neighbour add ${words} dev ens3`, shown]);
    expect(expected).toHaveLength(1);
    const [listed] = await route.listNeighbours({ device: 'ens3', address: config.address });
    expect(listed).toMatchObject(config);
    if (listed?.macAddress === undefined) throw new Error('it has no MAC address');
    await route.removeNeighbour(listed);
    await route.addNeighbour({ ...listed, macAddress: listed.macAddress });
    expect(room.json([shown])).toMatchObject(
      expected.map(({ lladdr, state }) => ({ lladdr, state })),
    );
    const twin = { device: 'ens3', ...config, macAddress: '02:00:00:00:00:0a' };
    await expect(route.addNeighbour(twin)).rejects.toMatchObject({ code: 'EEXIST' });
    await route.replaceNeighbour(twin);
    expect(await route.listNeighbours({ address: config.address })).toMatchObject([
      { macAddress: '02:00:00:00:00:0a' },
    ]);
  });
});

describe('getRoute', () => {
  it('finds the way that a packet takes', async () => {
    const { route } = room;
    await Promise.all([
      route.addRoute({ destination: '192.0.2.0/24', gateway: '10.0.0.254' }),
      route.addRoute({ destination: '192.0.2.0/24', gateway: '10.0.0.253', table: 7 }),
      route.addRule({ mark: 7, table: 7, priority: 9 }),
    ]);
    expect(await route.getRoute('192.0.2.9')).toMatchObject({
      gateway: '10.0.0.254',
      device: 'ens3',
      source: '10.0.0.1',
      table: 'main',
      type: 'unicast',
    });
    expect(await route.getRoute('192.0.2.9', { mark: 7 })).toMatchObject({
      gateway: '10.0.0.253',
      table: 7,
    });
    expect(await route.getRoute('10.0.0.1')).toMatchObject({ type: 'local', table: 'local' });
    expect(await route.getRoute('2001:db8::7')).toMatchObject({ device: 'ens3' });
    expect(await route.getRoute('198.51.100.1')).toBeUndefined();
    expect(await route.getRoute('2001:db8:9::1')).toBeUndefined();
  });

  it('follows replaceRoute', async () => {
    const { route } = room;
    const destination = '192.0.2.0/24';
    await route.replaceRoute({ destination, gateway: '10.0.0.254' });
    await route.replaceRoute({ destination, gateway: '10.0.0.253' });
    expect(await route.listRoutes({ destination })).toMatchObject([{ gateway: '10.0.0.253' }]);
    expect(await route.getRoute('192.0.2.9')).toMatchObject({ gateway: '10.0.0.253' });
  });
});
