import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Arena } from '../../../src/native/arena.js';
import { Connection } from '../../../src/native/connection.js';
import { loadAddon } from '../../../src/native/loader.js';
import { Protocol } from '../../../src/native/table.js';
import { Rtnl } from '../../../src/route/index.js';
import { withoutModules } from '../modules.js';
import { useRoom } from './support.js';

const room = useRoom();
const elsewhere = useRoom();

beforeEach(() => room.route.addLink({ name: 'ens3', kind: 'bridge', up: true }));
afterEach(() => room.route.removeLink('ens3'));

/** The error of a call that must fail. */
async function errorOf(call: Promise<unknown>): Promise<Error> {
  const [result] = await Promise.allSettled([call]);
  if (result?.status !== 'rejected') throw new Error('it was not refused');
  return result.reason as Error;
}

describe('the kernel refuses', () => {
  it('a twin address, whatever its label', async () => {
    const { route } = room;
    await route.addAddress({ device: 'ens3', address: '10.0.0.1/24', label: 'ens3:1' });
    const before = room.json(['address show']).map((device) => device['addr_info']);
    const again = { device: 'ens3', address: '10.0.0.1/24', label: 'ens3:2' };
    expect(await errorOf(route.addAddress(again))).toMatchObject({
      name: 'KernelError',
      code: 'EEXIST',
      errno: -17,
      syscall: 'netlink',
      operation: 'add address',
      object: '10.0.0.1/24 on ens3',
      message: expect.stringMatching(/has this address already, with label ens3:1.*ensureAddress/),
    });
    expect(room.json(['address show']).map((device) => device['addr_info'])).toEqual(before);
  });

  it('a field, whose name it gives by its place in the request', async () => {
    const addon = loadAddon();
    const protocol = new Protocol('route', addon.describe('route'));
    const file = `/run/netns/${room.netns}`;
    const line = await Connection.open(addon, protocol, { netns: file, timeout: 60_000 });
    const table = protocol.table('address');
    // Four bytes where IPv6 has sixteen, which the library does not ask for.
    const write = (arena: Arena): void => {
      const at = arena.record(table);
      table.choice('family', ['ipv4', 'ipv6']).writeName(arena, at, 'ipv6');
      table.text('device').write(arena, at, 'ens3');
      table.address('address').write(arena, at, '10.0.0.1');
    };
    const answer = line.request(protocol.operation('addAddress'), { write });
    await expect(answer).rejects.toMatchObject({ field: 'address' });
    await line.close();
    expect(await room.route.listAddresses({ device: 'ens3', family: 'ipv4' })).toEqual([]);
  });

  it('a twin route and the wrong way of one, and says which there is', async () => {
    const { route } = room;
    const way = { destination: '192.0.2.0/24', device: 'ens3' };
    await route.addAddress({ device: 'ens3', address: '10.0.0.1/24' });
    await route.addRoute(way);
    const twin = await errorOf(route.addRoute(way));
    expect(twin).toMatchObject({ code: 'EEXIST' });
    expect(twin.message).toContain('there is such a route already');
    const other = { destination: way.destination, gateway: '10.0.0.9' };
    const wrong = await errorOf(route.removeRoute(other));
    expect(wrong).toMatchObject({ code: 'ESRCH' });
    expect(wrong.message).toContain('ens3');
    expect(await route.getRoute('192.0.2.9', { from: '10.0.0.1' })).toMatchObject({
      device: 'ens3',
    });
    expect(room.json(['route show 192.0.2.0/24'])).toHaveLength(1);
  });

  it('a missing address, and says which there are', async () => {
    const { route } = room;
    await route.addAddress({ device: 'ens3', address: '10.0.0.1/24', label: 'ens3:1' });
    for (const key of [
      { device: 'ens3', address: '10.0.0.1' },
      { device: 'ens3', address: '10.0.0.1/24', label: 'ens3:2' },
    ]) {
      expect(await errorOf(route.removeAddress(key))).toMatchObject({
        code: 'EADDRNOTAVAIL',
        message: expect.stringContaining('it has 10.0.0.1/24 (ens3:1)'),
      });
    }
    expect(await route.listAddresses({ device: 'ens3', family: 'ipv4' })).toHaveLength(1);
  });

  it.each<[string, (route: Rtnl) => Promise<unknown>]>([
    ['device', (route) => route.addAddress({ device: 'none', address: '10.0.0.1' })],
    ['device', (route) => route.removeAddress({ device: 'none', address: '10.0.0.1' })],
    ['device', (route) => route.listAddresses({ device: 'none' })],
    ['device', (route) => route.updateLink('none', { up: true })],
    ['device', (route) => route.removeLink('none')],
    ['master', (route) => route.updateLink('ens3', { master: 'none' })],
    ['device', (route) => route.addRoute({ destination: '192.0.2.0/24', device: 'none' })],
    ['device', (route) => route.getRoute('192.0.2.9', { device: 'none' })],
  ])('a missing %s, and says which devices there are', async (field, call) => {
    const error = await errorOf(call(room.route));
    expect(error).toMatchObject({ name: 'KernelError', code: 'ENODEV', field });
    expect(error.message).toMatch(/there is no device none; there are: lo,.* ens3/);
  });

  it('a namespace that is not there', async () => {
    const { route } = room;
    expect(await errorOf(route.updateLink('ens3', { netns: 'gone' }))).toMatchObject({
      code: 'ENOENT',
      field: 'netns',
      message: expect.stringContaining('there is no network namespace gone'),
    });
    const pair = { kind: 'veth', name: 'v0', peer: { name: 'v1', netns: 'gone' } } as const;
    expect(await errorOf(route.addLink(pair))).toMatchObject({
      code: 'ENOENT',
      field: 'peer.netns',
    });
    expect(await errorOf(Rtnl.open({ netns: 'gone' }))).toMatchObject({
      name: 'KernelError',
      code: 'ENOENT',
      message: expect.stringContaining('gone'),
    });
  });

  it('a name that is taken, and a route or gateway that cannot be', async () => {
    const { route } = room;
    expect(await errorOf(route.addLink({ kind: 'bridge', name: 'ens3' }))).toMatchObject({
      code: 'EEXIST',
      object: 'ens3 (bridge)',
    });
    const far = { destination: '192.0.2.0/24', gateway: '10.7.7.7' };
    expect(await errorOf(route.addRoute(far))).toMatchObject({
      code: 'ENETUNREACH',
      kernelMessage: expect.stringContaining('gateway'),
    });
    expect(await errorOf(route.removeRoute({ destination: '192.0.2.0/24' }))).toMatchObject({
      code: 'ESRCH',
      message: expect.stringContaining('table main has no such route'),
    });
    expect(await errorOf(route.removeLink('lo'))).toMatchObject({ code: 'ENOTSUP' });
  });
});

describe('the kernel refuses an address', () => {
  it.each([
    ['10.0.0.1/24', 60, 'ENOBUFS', 'ipv4'],
    ['2001:db8::1/64', 1000, 'EINVAL', 'ipv6'],
  ])('%s on a device with an mtu of %i', async (address, mtu, code, family) => {
    room.ip('link add t0 type dummy', `link set t0 mtu ${mtu}`);
    const added = room.route.addAddress({ device: 't0', address });
    const words = new RegExp(`t0 takes no ${family} addresses;.* raise its mtu`);
    expect(await errorOf(added)).toMatchObject({ code, message: expect.stringMatching(words) });
    await room.route.removeLink('t0');
  });

  it('of IPv6 where that is switched off', async () => {
    room.sysctl('net.ipv6.conf.ens3.disable_ipv6=1');
    const added = room.route.addAddress({ device: 'ens3', address: '2001:db8::1/64' });
    expect(await errorOf(added)).toMatchObject({
      code: 'EACCES',
      message: expect.stringMatching(/IPv6 is switched off on ens3;.* set net.*disable_ipv6 to 0/),
    });
  });
});

describe('the kernel refuses a device', () => {
  it('of a kind that it lacks', () =>
    withoutModules(['macvlan'], async () => {
      const added = room.route.addLink({ kind: 'macvlan', name: 'm0', lower: 'ens3' });
      expect(await errorOf(added)).toMatchObject({
        code: 'ENOTSUP',
        message: expect.stringMatching(/no devices of kind macvlan;.* load its module macvlan/),
      });
    }));

  it('another name that is taken, here or where it moves to', async () => {
    const { route } = room;
    room.ip('link set ens3 down');
    expect(await errorOf(route.updateLink('ens3', { name: 'lo' }))).toMatchObject({
      code: 'EEXIST',
      message: expect.stringContaining('there is a device lo already'),
    });
    for (const { ip } of [room, elsewhere]) ip('link add t0 type dummy');
    const { netns } = elsewhere;
    expect(await errorOf(route.updateLink('t0', { netns }))).toMatchObject({
      code: 'EEXIST',
      message: expect.stringContaining(`there is a device t0 already in namespace ${netns}`),
    });
    await route.removeLink('t0');
  });

  it('a move that it cannot make', async () => {
    const moved = room.route.updateLink('lo', { netns: elsewhere.netns });
    expect(await errorOf(moved)).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('lo cannot move'),
    });
  });
});

describe('calls that make no sense are rejected, and throw nothing at once', () => {
  it.each<[string, (route: Rtnl) => Promise<unknown>]>([
    ['ERR_INVALID_ARG_VALUE', (route) => route.addAddress({ device: 'ens3', address: 'here' })],
    ['ERR_OUT_OF_RANGE', (route) => route.removeLink('ens3', { timeout: -1 })],
  ])('with %s', async (code, call) => {
    expect(await errorOf(call(room.route))).toMatchObject({ code });
  });

  it('because the handle is closed', async () => {
    const route = await Rtnl.open();
    await route.close();
    expect(await errorOf(route.listLinks())).toMatchObject({ code: 'ERR_LVS_CLOSED' });
    expect(await errorOf(route.removeLink('ens3'))).toMatchObject({ code: 'ERR_LVS_CLOSED' });
  });
});

describe("the kernel's own text", () => {
  /** What `ip` says of the kernel's refusal: `Error: the text.`, or only the errno where there is none. */
  function refusedText(command: string): string | undefined {
    try {
      room.ip(command);
    } catch (error) {
      return /^Error: (.+)\.$/m.exec(String((error as { stderr: unknown }).stderr))?.[1];
    }
    throw new Error(`ip ${command} was not refused`);
  }

  it.each<[string, (route: Rtnl) => Promise<unknown>]>([
    [
      'route add 192.0.2.0/24 via 10.7.7.7',
      (route) => route.addRoute({ destination: '192.0.2.0/24', gateway: '10.7.7.7' }),
    ],
    [
      'route add 192.0.2.0/24 via 10.7.7.7 table 9',
      (route) => route.addRoute({ destination: '192.0.2.0/24', gateway: '10.7.7.7', table: 9 }),
    ],
    ['link set ens3 mtu 100000000', (route) => route.updateLink('ens3', { mtu: 100_000_000 })],
    ['link set ens3 master ens3', (route) => route.updateLink('ens3', { master: 'ens3' })],
    [
      'address add 10.0.0.1/24 dev ens3',
      (route) => route.addAddress({ device: 'ens3', address: '10.0.0.1/24' }),
    ],
    [
      'address del 10.0.0.9/24 dev ens3',
      (route) => route.removeAddress({ device: 'ens3', address: '10.0.0.9/24' }),
    ],
    [
      'route add 192.0.2.0/24 dev lo',
      (route) => route.addRoute({ destination: '192.0.2.0/24', device: 'lo' }),
    ],
    ['link set ens3 name lo', (route) => route.updateLink('ens3', { name: 'lo' })],
    ['rule del priority 77', (route) => route.removeRule({ priority: 77 })],
    [
      'neighbour del 10.0.0.9 dev ens3',
      (route) => route.removeNeighbour({ device: 'ens3', address: '10.0.0.9' }),
    ],
  ])('of "ip %s" is that of the error', async (command, call) => {
    const { route } = room;
    await route.addAddress({ device: 'ens3', address: '10.0.0.1/24' });
    const text = refusedText(command);
    const error = (await errorOf(call(route))) as Error & { kernelMessage?: string };
    expect(error.kernelMessage?.replace(/\.$/, '')).toBe(text);
    if (/^route|mtu/.test(command)) expect(error.message).toContain(`the kernel says: ${text}`);
  });
});

describe('without CAP_NET_ADMIN', () => {
  beforeEach(() => process.seteuid?.(65_534));
  afterEach(() => process.seteuid?.(0));

  it('changes are refused by the name of the capability; listings and watching work', async () => {
    await using route = await Rtnl.open();
    expect(await errorOf(route.addAddress({ device: 'lo', address: '10.9.9.9' }))).toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining('CAP_NET_ADMIN'),
    });
    const links = await route.listLinks();
    expect(links.map(({ name }) => name)).toContain('lo');
    const watch = route.watch({ links: true, initial: true });
    expect(await watch.next()).toMatchObject({ value: { kind: 'link', change: 'added' } });
    await watch.close();
  });
});
