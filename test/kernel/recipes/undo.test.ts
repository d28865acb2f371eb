import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Ipvs } from '../../../src/ipvs/index.js';
import type { Preparation } from '../../../src/recipes/index.js';
import { prepareDirector, prepareRealServer } from '../../../src/recipes/index.js';
import { Fou } from '../../../src/route/index.js';
import { Sysctl } from '../../../src/sysctl/index.js';
import { useRoom } from '../route/support.js';

const room = useRoom();
const { netns } = room;
const vip = '10.9.0.1';
/** Nobody else is on this wire. */
const quick = { probe: { count: 1, interval: 20 }, announce: { count: 1 } } as const;
const director = { vip, device: 'ens3', ...quick, netns } as const;

let sysctl: Sysctl;
beforeAll(async () => {
  room.ip('link set lo up', 'link add ens3 type veth peer name port', 'link set ens3 up');
  room.ip('link set port up', 'addr add 10.9.0.20/24 dev ens3');
  sysctl = await Sysctl.open({ netns });
});
afterAll(() => sysctl.close());

function outcomes({ steps }: Preparation): string[] {
  return steps.map(({ action, outcome }) => `${action}: ${outcome}`);
}

function times<T>(count: number, what: T): T[] {
  return new Array<T>(count).fill(what);
}

async function addressesOf(device: string): Promise<string[]> {
  return (await room.route.listAddresses({ device, scope: 'global' })).map(
    ({ address }) => address,
  );
}

describe('a real server', () => {
  const onLoopback = { vip, mode: 'loopback', netns } as const;

  afterEach(async () => {
    await sysctl.set('arp_ignore', 0);
    await sysctl.set('arp_announce', 0);
  });

  it('tells what it did, and does nothing that is done already', async () => {
    const first = await prepareRealServer(onLoopback);
    expect(first.steps).toEqual([
      {
        action: 'set sysctl',
        object: 'net.ipv4.conf.all.arp_ignore',
        outcome: 'changed',
        before: 0,
        after: 1,
      },
      {
        action: 'set sysctl',
        object: 'net.ipv4.conf.all.arp_announce',
        outcome: 'changed',
        before: 0,
        after: 2,
      },
      { action: 'add address', object: '10.9.0.1/32 on lo', outcome: 'changed' },
    ]);
    const second = await prepareRealServer(onLoopback);
    expect(second.steps.map(({ outcome }) => outcome)).toEqual(times(3, 'unchanged'));
    expect(await second.undo()).toEqual([]);
    expect(await addressesOf('lo')).toEqual(['10.9.0.1/32']);
    expect(await first.undo()).toMatchObject(times(3, { undone: true }));
    expect(await addressesOf('lo')).toEqual([]);
    expect(await sysctl.get('arp_ignore')).toBe(0);
    expect(await sysctl.get('arp_announce')).toBe(0);
    expect(await first.undo()).toEqual([]);
  });

  it('keeps what was there before, and stricter settings', async () => {
    await sysctl.set('arp_ignore', 8);
    await room.route.addAddress({ device: 'lo', address: `${vip}/32` });
    {
      await using preparation = await prepareRealServer(onLoopback);
      expect(outcomes(preparation)).toEqual([
        'set sysctl: unchanged',
        'set sysctl: changed',
        'add address: unchanged',
      ]);
    }
    expect(await sysctl.get('arp_ignore')).toBe(8);
    expect(await sysctl.get('arp_announce')).toBe(0);
    expect(await addressesOf('lo')).toEqual(['10.9.0.1/32']);
    await room.route.removeAddress({ device: 'lo', address: `${vip}/32` });
  });

  it('leaves ARP quiet as long as another VIP needs it', async () => {
    const first = await prepareRealServer(onLoopback);
    const second = await prepareRealServer({ ...onLoopback, vip: '10.9.0.2' });
    const reason = 'lo has 10.9.0.2/32, which neighbours must not hear of either';
    expect(await first.undo()).toMatchObject([
      { action: 'add address', undone: true },
      { object: 'net.ipv4.conf.all.arp_announce', undone: false, reason },
      { object: 'net.ipv4.conf.all.arp_ignore', undone: false, reason },
    ]);
    expect(await sysctl.get('arp_ignore')).toBe(1);
    await second.undo();
    expect(await first.undo()).toMatchObject(times(2, { undone: true }));
    expect(await sysctl.get('arp_ignore')).toBe(0);
  });

  it('leaves what somebody else has changed since', async () => {
    const preparation = await prepareRealServer({ ...onLoopback, device: 'ens3' });
    await sysctl.set('arp_ignore', 2, { device: 'ens3' });
    await room.route.removeAddress({ device: 'lo', address: `${vip}/32` });
    expect(await preparation.undo()).toMatchObject([
      { action: 'add address', undone: true, reason: 'it was gone already' },
      { object: 'net.ipv4.conf.ens3.arp_announce', undone: true },
      { object: 'net.ipv4.conf.ens3.arp_ignore', undone: false, reason: 'somebody set it to 2' },
    ]);
    await sysctl.set('arp_ignore', 0, { device: 'ens3' });
  });

  it('shares a tunnel and its port, and the last one removes them', async () => {
    const tunnel = { mode: 'tunnel', type: 'gue', local: '10.9.0.20', netns } as const;
    const first = await prepareRealServer({ ...tunnel, vip });
    const second = await prepareRealServer({ ...tunnel, vip: '10.9.0.2' });
    expect(second.steps.filter(({ outcome }) => outcome === 'changed')).toEqual([
      { action: 'add address', object: '10.9.0.2/32 on lvs-ipip', outcome: 'changed' },
    ]);
    const left = (await first.undo()).filter(({ undone }) => !undone);
    expect(left.map(({ action }) => action)).toContain('add link');
    await second.undo();
    expect((await first.undo()).every(({ undone }) => undone)).toBe(true);
    expect(await room.route.getLink('lvs-ipip')).toBeUndefined();
    await using fou = await Fou.open({ netns });
    expect(await fou.listPorts()).toEqual([]);
  });

  it('undoes what it did when a step fails', async () => {
    room.ip('link add lvs-ipip type bridge');
    const tunnel = { vip, mode: 'tunnel', type: 'gue', local: '10.9.0.20', netns } as const;
    await expect(prepareRealServer(tunnel)).rejects.toMatchObject({
      operation: 'add link',
      code: 'EEXIST',
    });
    await using fou = await Fou.open({ netns });
    expect(await fou.listPorts()).toEqual([]);
    room.ip('link del lvs-ipip');
  });

  it('is never taken for the source of its own packets by an IPv6 VIP', async () => {
    const v6 = '2001:db8:9::1';
    await using _ = await prepareRealServer({ vip: v6, mode: 'loopback', netns });
    const all = room.json(['addr show to 2001:db8:9::1']) as { addr_info: object[] }[];
    const found = all.flatMap(({ addr_info }) => addr_info).filter((a) => 'local' in a);
    expect(found).toMatchObject([{ local: v6, preferred_life_time: 0, deprecated: true }]);
  });
});

describe('a director', () => {
  beforeEach(() => sysctl.set('accept_redirects', false));

  it('gives the VIP a label and takes it back', async () => {
    const preparation = await prepareDirector({ ...director, mode: 'dr' });
    expect(outcomes(preparation)).toEqual(['add address: changed', 'announce address: changed']);
    const [there] = await room.route.listAddresses({ address: vip });
    expect(there).toMatchObject({ address: '10.9.0.1/32', device: 'ens3', label: 'ens3:1' });
    await preparation.undo();
    expect(await room.route.listAddresses({ address: vip })).toEqual([]);
  });

  it('turns forwarding on, and all that comes with it off again', async () => {
    await sysctl.set('forwarding', true, { device: 'ens3', family: 'ipv4' });
    const preparation = await prepareDirector({ ...director, mode: 'nat', conntrack: true });
    expect(preparation.steps.map(({ object }) => object)).toEqual([
      'net.ipv4.ip_forward',
      'net.ipv4.conf.all.send_redirects',
      'net.ipv4.conf.ens3.send_redirects',
      'net.ipv4.vs.conntrack',
      '10.9.0.1/32 on ens3',
      '10.9.0.1 on ens3',
    ]);
    expect(await sysctl.get('ip_forward')).toBe(true);
    expect(await sysctl.get('conntrack')).toBe(true);
    expect((await preparation.undo()).every(({ undone }) => undone)).toBe(true);
    expect(await sysctl.get('ip_forward')).toBe(false);
    expect(await sysctl.get('forwarding', { device: 'lo', family: 'ipv4' })).toBe(false);
    expect(await sysctl.get('forwarding', { device: 'ens3', family: 'ipv4' })).toBe(true);
    expect(await sysctl.get('accept_redirects')).toBe(false);
    expect(await sysctl.get('send_redirects', { device: 'ens3' })).toBe(true);
    await sysctl.set('forwarding', false, { device: 'ens3', family: 'ipv4' });
  });

  it('goes on forwarding for another service by NAT', async () => {
    const preparation = await prepareDirector({ ...director, mode: 'nat' });
    await using ipvs = await Ipvs.open({ netns });
    const other = { protocol: 'tcp', address: '10.9.0.9', port: 80 } as const;
    for (const service of [other, { ...other, address: vip }]) {
      await ipvs.addService(service);
      await ipvs.addDest(service, { address: '10.9.0.30', fwd: 'nat' });
    }
    const reason = 'tcp://10.9.0.9:80 hands packets on by NAT';
    expect(await preparation.undo()).toMatchObject([
      { action: 'add address', undone: true },
      ...times(3, { action: 'set sysctl', undone: false, reason }),
    ]);
    expect(await sysctl.get('ip_forward')).toBe(true);
    await ipvs.removeService(other);
    expect((await preparation.undo()).every(({ undone }) => undone)).toBe(true);
    expect(await sysctl.get('ip_forward')).toBe(false);
    await ipvs.flush();
  });

  it('takes no VIP that another machine has, and undoes the rest', async () => {
    const other = `${netns}-other`;
    execFileSync('ip', ['netns', 'add', other]);
    room.ip(`link set port netns ${other}`);
    const commands = `link set port address 02:00:00:00:00:09 up\naddr add ${vip}/24 dev port\n`;
    execFileSync('ip', ['-n', other, '-batch', '-'], { input: commands });
    const patient = { count: 5, interval: 1000 };
    await expect(
      prepareDirector({ ...director, mode: 'nat', probe: patient }),
    ).rejects.toMatchObject({
      code: 'ERR_LVS_ADDRESS_IN_USE',
      message: '10.9.0.1 on ens3: 02:00:00:00:00:09 has it; take it away there first',
    });
    expect(await sysctl.get('ip_forward')).toBe(false);
    expect(await sysctl.get('send_redirects')).toBe(true);
    execFileSync('ip', ['-n', other, 'link', 'set', 'port', 'netns', '1']).toString();
    execFileSync('ip', ['link', 'del', 'port']);
    execFileSync('ip', ['netns', 'del', other]);
  });

  it('does not give up an IPv6 default route that a router advertised', async () => {
    room.ip('link add ens4 up type veth peer name port4', 'link set port4 up');
    room.ip('route add default via fe80::1 dev ens4 proto ra');
    const options = { ...director, vip: '2001:db8:9::1', device: 'ens4', mode: 'nat' } as const;
    await expect(prepareDirector(options)).rejects.toMatchObject({
      code: 'ERR_LVS_ROUTES_AT_RISK',
      message: expect.stringContaining('set accept_ra of ens4 to 2 first'),
    });
    expect(await sysctl.get('forwarding')).toBe(false);
    await sysctl.set('accept_ra', 2, { device: 'ens4' });
    await using preparation = await prepareDirector({ ...options, probe: false });
    expect(preparation.steps[0]).toMatchObject({ object: 'net.ipv6.conf.all.forwarding' });
    expect(await room.route.listRoutes({ family: 'ipv6', destination: 'default' })).toHaveLength(1);
  });
});
