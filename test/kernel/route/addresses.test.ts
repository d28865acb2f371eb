import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AddressConfig } from '../../../src/route/index.js';
import { systemCallsOf } from '../system-calls.js';
import { useRoom } from './support.js';

const room = useRoom();

/** What `ip` says of the addresses of ens3 after these commands, without what the kernel makes up. */
function seen(...commands: string[]): Record<string, unknown>[] {
  const [device] = room.json([...commands, 'address show dev ens3']);
  const infos = (device?.['addr_info'] ?? []) as Record<string, unknown>[];
  return infos.filter(({ local }) => !String(local).startsWith('fe80')).map(withCoarseLifetimes);
}

/** Lifetimes run down meanwhile, seconds on a slow kernel. */
function withCoarseLifetimes(info: Record<string, unknown>): Record<string, unknown> {
  const lifetimes = ['valid_life_time', 'preferred_life_time'].map((name) => [
    name,
    Math.ceil(Number(info[name]) / 100) * 100,
  ]);
  return { ...info, ...Object.fromEntries(lifetimes) };
}

beforeEach(() => room.route.addLink({ name: 'ens3', kind: 'bridge', up: true }));
afterEach(() => room.route.removeLink('ens3'));

/** The same address, written for the library and for `ip`. */
const cases: [string, Omit<AddressConfig, 'device'>, string][] = [
  ['an alias', { address: '10.0.0.1/24', label: 'ens3:1' }, '10.0.0.1/24 label ens3:1'],
  ['a whole address', { address: '10.0.0.1' }, '10.0.0.1'],
  ['a broadcast of its own', { address: '10.0.0.1/24', broadcast: '+' }, '10.0.0.1/24 brd +'],
  ['a broadcast', { address: '10.0.0.1/24', broadcast: '10.0.0.9' }, '10.0.0.1/24 brd 10.0.0.9'],
  ['a scope', { address: '10.0.0.1/24', scope: 'link' }, '10.0.0.1/24 scope link'],
  ['a scope by number', { address: '10.0.0.1/24', scope: 7 }, '10.0.0.1/24 scope 7'],
  ['loopback', { address: '127.1.0.1/16' }, '127.1.0.1/16'],
  ['a peer', { address: '10.0.0.1', peer: '10.0.0.2/24' }, '10.0.0.1 peer 10.0.0.2/24'],
  ['no route', { address: '10.0.0.1/24', noPrefixRoute: true }, '10.0.0.1/24 noprefixroute'],
  ['a metric', { address: '10.0.0.1/24', metric: 77 }, '10.0.0.1/24 metric 77'],
  [
    'lifetimes',
    { address: '10.0.0.1/24', validLifetime: 5000, preferredLifetime: 1000 },
    '10.0.0.1/24 valid_lft 5000 preferred_lft 1000',
  ],
  ['IPv6', { address: '2001:db8::1/64', noDad: true }, '2001:db8::1/64 nodad'],
  [
    'IPv6 flags',
    { address: '2001:db8::1/64', noDad: true, homeAddress: true, manageTemporary: true },
    '2001:db8::1/64 nodad home mngtmpaddr',
  ],
  [
    'an IPv6 peer',
    { address: '2001:db8::1', peer: '2001:db8::2/64', noDad: true },
    '2001:db8::1 peer 2001:db8::2/64 nodad',
  ],
  [
    'IPv6 lifetimes',
    { address: '2001:db8::1/64', noDad: true, validLifetime: 5000, preferredLifetime: 0 },
    '2001:db8::1/64 nodad valid_lft 5000 preferred_lft 0',
  ],
];

describe('addAddress and removeAddress', () => {
  it.each(cases)('make %s as ip does, and undo what ip did', async (_, config, words) => {
    const { route } = room;
    const expected = seen(`address add ${words} dev ens3`);
    expect(expected).toHaveLength(1);

    const [listed] = await route.listAddresses({ device: 'ens3', address: config.address });
    if (listed === undefined) throw new Error('it is not listed');
    expect(listed).toMatchObject({ device: 'ens3', ...(config.label && { label: config.label }) });
    await route.removeAddress(listed);
    expect(await route.listAddresses({ device: 'ens3', address: config.address })).toEqual([]);

    await route.addAddress(listed);
    expect(seen()).toEqual(expected);
    await route.removeAddress(listed);

    await route.addAddress({ device: 'ens3', ...config });
    expect(seen()).toEqual(expected);
  });

  it('mark the owner in both families', async () => {
    await room.route.addAddress({ device: 'ens3', address: '10.0.0.1', protocol: 99 });
    await room.route.addAddress({ device: 'ens3', address: '2001:db8::1', protocol: 99 });
    await room.route.addAddress({ device: 'ens3', address: '10.0.0.2' });
    const own = await room.route.listAddresses({ device: 'ens3', protocol: 99 });
    expect(own.map(({ address }) => address)).toEqual(['10.0.0.1/32', '2001:db8::1/128']);
  });

  it('leave everything else alone', async () => {
    const before = seen('address add 192.0.2.1/24 brd + dev ens3');
    await room.route.addAddress({ device: 'ens3', address: '10.0.0.1/24', label: 'ens3:1' });
    await room.route.removeAddress({ device: 'ens3', address: '10.0.0.1/24', label: 'ens3:1' });
    expect(seen()).toEqual(before);
  });

  it('take a thousand in one tick, and each failing one rejects alone', async () => {
    const addresses = Array.from({ length: 1000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
    room.ip('address add 10.1.0.7 dev ens3');
    const results = await Promise.allSettled(
      addresses.map((address) => room.route.addAddress({ device: 'ens3', address })),
    );
    const failed = results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    expect(failed).toEqual([7]);
    expect(await room.route.listAddresses({ device: 'ens3', family: 'ipv4' })).toHaveLength(1000);
  });
});

describe('a thousand addresses in one tick', () => {
  const callsFor = (count: number): ReturnType<typeof systemCallsOf> =>
    systemCallsOf(`
      const { Rtnl } = await import(dist + '/route/index.js');
      const route = await Rtnl.open({ netns: '${room.netns}' });
      const addresses = Array.from({ length: ${count} }, (_, i) => '10.2.' + (i >> 8) + '.' + (i & 255));
      await Promise.all(addresses.map((address) => route.addAddress({ device: 'ens3', address })));
      await Promise.all(addresses.map((address) => route.removeAddress({ device: 'ens3', address })));
      await route.close();`);

  it('ask the kernel no oftener than one does', () => {
    const one = callsFor(1);
    expect(one.sends).toBeGreaterThan(1);
    expect(callsFor(1000)).toEqual(one);
  });
});

describe('listAddresses', () => {
  beforeEach(() => {
    room.ip(
      'address add 10.0.0.1/24 label ens3:1 dev ens3',
      'address add 10.0.0.2/24 label ens3:2 dev ens3',
      'address add 10.0.0.1/32 scope host dev ens3',
      'address add 2001:db8::1/64 nodad dev ens3',
    );
  });

  it.each([
    [{ device: 'ens3', family: 'ipv4' }, ['10.0.0.1/24', '10.0.0.1/32', '10.0.0.2/24']],
    [{ label: 'ens3:*' }, ['10.0.0.1/24', '10.0.0.2/24']],
    [{ label: 'ens3:?', address: '10.0.0.2' }, ['10.0.0.2/24']],
    [{ address: '10.0.0.1' }, ['10.0.0.1/24', '10.0.0.1/32']],
    [{ address: '10.0.0.1/32' }, ['10.0.0.1/32']],
    [{ scope: 'host', device: 'ens3' }, ['10.0.0.1/32']],
    [{ label: 'nothing' }, []],
  ] as const)('filters by %o', async (filter, expected) => {
    const found = await room.route.listAddresses(filter);
    expect(found.map(({ address }) => address).sort()).toEqual(expected);
  });

  it('tells what is secondary', async () => {
    const [second] = await room.route.listAddresses({ label: 'ens3:2' });
    expect(second).toEqual({
      device: 'ens3',
      address: '10.0.0.2/24',
      family: 'ipv4',
      scope: 'global',
      label: 'ens3:2',
      secondary: true,
    });
  });
});
