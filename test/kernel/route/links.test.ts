import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LinkConfig } from '../../../src/route/index.js';
import { Rtnl } from '../../../src/route/index.js';
import { shownLink, useRoom } from './support.js';

const room = useRoom();
const other = `${room.netns}-other`;

beforeAll(() => {
  execFileSync('ip', ['netns', 'add', other]);
});

afterAll(() => {
  execFileSync('ip', ['netns', 'del', other]);
});

beforeEach(() => room.route.addLink({ kind: 'veth', name: 'p0', peer: 'p1' }));

afterEach(async () => {
  for (const { name, type } of await room.route.listLinks()) {
    if ((type === 'ethernet' || name === 't0') && (await room.route.getLink(name)))
      await room.route.removeLink(name);
  }
});

const cases: [LinkConfig, string][] = [
  [{ kind: 'bridge', name: 'br0' }, 'name br0 type bridge'],
  [
    {
      kind: 'bridge',
      name: 'br0',
      spanningTree: true,
      forwardDelay: 4,
      ageingTime: 12.5,
      priority: 7,
      vlanFiltering: true,
      multicastSnooping: false,
      up: true,
      mtu: 1400,
    },
    'name br0 up mtu 1400 type bridge stp_state 1 forward_delay 400 ageing_time 1250 priority 7 vlan_filtering 1 mcast_snooping 0',
  ],
  [{ kind: 'veth', name: 'v0', peer: 'v1' }, 'name v0 type veth peer name v1'],
  [
    {
      kind: 'veth',
      name: 'v0',
      mtu: 1300,
      peer: { name: 'v1', mtu: 1300, macAddress: '02:00:00:00:00:09' },
    },
    'name v0 mtu 1300 type veth peer name v1 mtu 1300 address 02:00:00:00:00:09',
  ],
  [
    { kind: 'vlan', name: 'p0.7', lower: 'p0', id: 7, protocol: '802.1ad' },
    'link p0 name p0.7 type vlan proto 802.1ad id 7',
  ],
  [{ kind: 'vlan', name: 'p0.7', lower: 'p0', id: 7 }, 'link p0 name p0.7 type vlan id 7'],
  [
    { kind: 'macvlan', name: 'm0', lower: 'p0', mode: 'bridge' },
    'link p0 name m0 type macvlan mode bridge',
  ],
  [
    {
      kind: 'bond',
      name: 'b0',
      mode: '802.3ad',
      monitorInterval: 100,
      upDelay: 200,
      downDelay: 300,
      transmitHash: 'layer3+4',
      minimumLinks: 1,
      lacpRate: 'fast',
    },
    'name b0 type bond mode 802.3ad miimon 100 updelay 200 downdelay 300 xmit_hash_policy layer3+4 min_links 1 lacp_rate fast',
  ],
  [{ kind: 'dummy', name: 'd0', mtu: 9000 }, 'name d0 mtu 9000 type dummy'],
  [
    { kind: 'ipip', name: 't0', local: '10.9.0.1', remote: '10.9.0.2', ttl: 9, lower: 'p0' },
    'name t0 type ipip local 10.9.0.1 remote 10.9.0.2 ttl 9 dev p0',
  ],
  [
    { kind: 'sit', name: 't0', remote: '10.9.0.2', pathMtuDiscovery: false },
    'name t0 type sit remote 10.9.0.2 nopmtudisc',
  ],
  [
    { kind: 'ip6tnl', name: 't0', local: '2001:db8::1', remote: '2001:db8::2', carries: 'ipv4' },
    'name t0 type ip6tnl mode ipip6 local 2001:db8::1 remote 2001:db8::2',
  ],
  [
    { kind: 'gre', name: 't0', local: '10.9.0.1', remote: '10.9.0.2', tos: 8 },
    'name t0 type gre local 10.9.0.1 remote 10.9.0.2 tos 8',
  ],
];

describe('addLink', () => {
  it.each(cases)('makes %o as ip does', async (config, words) => {
    const expected = shownLink(room, config.name, `link add ${words}`);
    const listed = await room.route.getLink(config.name);
    expect(listed).toMatchObject(
      config.kind === 'veth' ? { kind: 'veth', mtu: config.mtu ?? 1500, peer: 'v1' } : config,
    );
    await room.route.removeLink(config.name);
    expect(await room.route.getLink(config.name)).toBeUndefined();
    await room.route.addLink(config);
    expect(shownLink(room, config.name)).toEqual(expected);

    await room.route.removeLink(config.name);
    await room.route.addLink(listed as unknown as LinkConfig);
    expect(shownLink(room, config.name)).toEqual(expected);
  });

  it('puts the ends of a pair into two namespaces', async () => {
    await room.route.addLink({
      kind: 'veth',
      name: 'v0',
      peer: { name: 'eth0', netns: other, macAddress: '02:00:00:00:00:02' },
    });
    await using there = await Rtnl.open({ netns: other });
    const here = await room.route.getLink('v0');
    expect(here).toMatchObject({ kind: 'veth', up: false });
    expect(here).not.toHaveProperty('peer');
    expect(await there.getLink('eth0')).toMatchObject({ macAddress: '02:00:00:00:00:02' });
    expect(await room.route.listLinks({ kind: 'veth' })).toHaveLength(3);
  });

  it('makes a device in another namespace', async () => {
    await room.route.addLink({ kind: 'bridge', name: 'br9', netns: other });
    await using there = await Rtnl.open({ netns: other });
    expect(await there.getLink('br9')).toMatchObject({ kind: 'bridge' });
    expect(await room.route.getLink('br9')).toBeUndefined();
    await there.removeLink('br9');
  });
});

describe('updateLink', () => {
  it('makes a device, and what is asked of it in the same tick', async () => {
    const { route } = room;
    await Promise.all([
      route.addLink({ kind: 'dummy', name: 't0', up: true }),
      route.addAddress({ device: 't0', address: '10.9.0.1/24' }),
      route.addRoute({ destination: '10.10.0.0/16', device: 't0' }),
    ]);
    expect(await route.listAddresses({ device: 't0', family: 'ipv4' })).toMatchObject([
      { address: '10.9.0.1/24' },
    ]);
    expect(room.json(['route show dev t0']).map(({ dst }) => dst)).toEqual(
      expect.arrayContaining(['10.9.0.0/24', '10.10.0.0/16']),
    );
  });

  it('changes what is named and nothing else', async () => {
    await Promise.all([
      room.route.addLink({ kind: 'bridge', name: 'br0', up: true }),
      room.route.addLink({ kind: 'veth', name: 'v0', peer: 'v1' }),
      room.route.updateLink('v0', { master: 'br0', mtu: 1400, alias: 'first port', up: true }),
      room.route.updateLink('v0', { macAddress: '02:00:00:00:00:07', queueLength: 50, group: 3 }),
    ]);
    expect(await room.route.getLink('v0')).toMatchObject({
      master: 'br0',
      mtu: 1400,
      alias: 'first port',
      up: true,
      macAddress: '02:00:00:00:00:07',
      queueLength: 50,
      group: 3,
    });
    expect((await room.route.listLinks({ master: 'br0' })).map(({ name }) => name)).toEqual(['v0']);
    await room.route.updateLink('v0', { master: null, up: false });
    const after = await room.route.getLink('v0');
    expect(after).toMatchObject({ up: false, mtu: 1400, alias: 'first port' });
    expect(after).not.toHaveProperty('master');
  });

  it('renames, and later calls of the same tick know the new name', async () => {
    await room.route.addLink({ kind: 'bridge', name: 'old' });
    await Promise.all([
      room.route.updateLink('old', { name: 'new' }),
      room.route.addLink({ kind: 'bridge', name: 'old' }),
      room.route.addAddress({ device: 'new', address: '10.0.0.1' }),
      room.route.addAddress({ device: 'old', address: '10.0.0.2' }),
    ]);
    const addresses = await room.route.listAddresses({ family: 'ipv4' });
    const places = addresses.map(({ device, address }) => `${device} ${address}`).sort();
    expect(places).toEqual(['new 10.0.0.1/32', 'old 10.0.0.2/32']);
  });

  it('moves to another namespace by name and by path', async () => {
    await room.route.addLink({ kind: 'veth', name: 'v0', peer: 'v1' });
    await room.route.updateLink('v0', { netns: other });
    await room.route.updateLink('v1', { netns: `/run/netns/${other}`, name: 'v9', up: true });
    await using there = await Rtnl.open({ netns: other });
    expect(await there.getLink('v0')).toMatchObject({ peer: 'v9' });
    expect(await there.getLink('v9')).toMatchObject({ peer: 'v0', up: true });
    expect(await room.route.listLinks({ kind: 'veth' })).toHaveLength(2);
    await there.removeLink('v0');
  });
});
