import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Rtnl } from '../../../src/route/index.js';
import { Sysctl } from '../../../src/sysctl/index.js';
import { useRoom } from './support.js';

/** Three machines on one wire; the tests' own is `room`. */
const room = useRoom();
const macs = { room: '02:00:00:00:00:01', near: '02:00:00:00:00:02', far: '02:00:00:00:00:03' };
const others = { near: `${room.netns}-near`, far: `${room.netns}-far` } as const;
const vips = { ipv4: '10.9.0.1', ipv6: '2001:db8:9::1' } as const;
const families = ['ipv4', 'ipv6'] as const;
/** Short, since nothing is lost or late on this wire. */
const brief = { count: 2, interval: 300 } as const;

function ip(where: keyof typeof others, ...commands: string[]): void {
  const input = commands.map((command) => `${command}\n`).join('');
  execFileSync('ip', ['-n', others[where], '-batch', '-'], { input, stdio: 'pipe' });
}

/** The MAC address that a machine knows an address by. */
function known(where: keyof typeof others, address: string): string | undefined {
  const text = execFileSync('ip', ['-n', others[where], '-j', 'neigh', 'show', 'to', address], {
    encoding: 'utf8',
  });
  const [entry] = JSON.parse(text || '[]') as { lladdr?: string }[];
  return entry?.lladdr;
}

/** Collects what `tcpdump` prints on the wire of `near`, until it has printed so many lines. */
async function dump(count: number, filter: string, act: () => Promise<unknown>): Promise<string[]> {
  const inside = ['netns', 'exec', others.near, 'tcpdump', '-lnevi', 'eth0', '-c', String(count)];
  const program = spawn('ip', [...inside, filter], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  createInterface(program.stdout).on('line', (line) => lines.push(line.trim()));
  for await (const line of createInterface(program.stderr)) if (line.includes('listening')) break;
  await act();
  if (program.exitCode === null) await once(program, 'close');
  return lines;
}

beforeAll(() => {
  room.ip('link add br0 type bridge mcast_snooping 0', 'link set br0 up', 'link set lo up');
  room.ip('link add eth0 type veth peer name port0');
  for (const [name, netns] of Object.entries(others)) {
    execFileSync('ip', ['netns', 'add', netns]);
    room.ip(`link add ${name} type veth peer name eth0 netns ${netns}`);
    ip(name as keyof typeof others, `link set eth0 address ${macs[name as keyof typeof macs]}`);
    // What a host does by itself when a device comes up would be heard, too.
    execFileSync('ip', [
      'netns',
      'exec',
      netns,
      'sysctl',
      '-qw',
      'net.ipv6.conf.eth0.dad_transmits=1',
    ]);
    ip(name as keyof typeof others, 'link set lo up', 'link set eth0 up');
    room.ip(`link set ${name} master br0 up`);
  }
  room.ip(`link set eth0 address ${macs.room} up`, 'link set port0 master br0 up');
});

afterAll(() => {
  for (const netns of Object.values(others)) execFileSync('ip', ['netns', 'del', netns]);
});

beforeEach(() => {
  for (const name of ['near', 'far'] as const) {
    ip(name, 'addr flush dev eth0 scope global', 'neigh flush dev eth0');
  }
});

describe('announceAddress', () => {
  const forms = [
    ['ipv4', {}],
    ['ipv4', { form: 'reply' }],
    ['ipv6', {}],
  ] as const;

  it.each(forms)('moves an %s address away from another machine %o', async (family, form) => {
    const address = vips[family];
    ip('near', `neigh replace ${address} dev eth0 lladdr ${macs.far} nud reachable`);
    expect(known('near', address)).toBe(macs.far);
    await room.route.announceAddress({ device: 'eth0', address, count: 1, ...form });
    await expect.poll(() => known('near', address)).toBe(macs.room);
  });

  it('says it in both forms of ARP, as often as it is told', async () => {
    const announcement = { device: 'eth0', address: `${vips.ipv4}/24`, form: 'both' } as const;
    const lines = await dump(4, 'arp', () =>
      room.route.announceAddress({ ...announcement, count: 2, interval: 1 }),
    );
    const start = `${macs.room} > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Ethernet (len 6), IPv4 (len 4), `;
    const request = 'Request who-has 10.9.0.1 tell 10.9.0.1, length 28';
    const reply = `Reply 10.9.0.1 is-at ${macs.room}, length 28`;
    const heard = lines.map((line) => line.replace(/^\S+ /, ''));
    expect(heard).toEqual([request, reply, request, reply].map((rest) => start + rest));
  });

  it.each([
    [false, '[override]'],
    [true, '[router, override]'],
  ])('calls itself a router in IPv6 as forwarding says: %s', async (forwarding, flags) => {
    await using sysctl = await Sysctl.open({ netns: room.netns });
    await sysctl.set('forwarding', forwarding, { device: 'eth0' });
    const lines = await dump(1, 'icmp6 and ip6[40] == 136', () =>
      room.route.announceAddress({ device: 'eth0', address: vips.ipv6, count: 1 }),
    );
    const text = lines.join(' ');
    expect(text).toContain(`${macs.room} > 33:33:00:00:00:01, ethertype IPv6`);
    expect(text).toContain('hlim 255');
    expect(text).toMatch(/2001:db8:9::1 > ff02::1: \[icmp6 sum ok\] ICMP6, neighbor advertisement/);
    expect(text).toContain(`Flags ${flags}`);
    expect(text).toContain(`destination link-address option (2), length 8 (1): ${macs.room}`);
  });

  it('ends when its signal says so', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const announcement = { device: 'eth0', address: vips.ipv4, interval: 60_000 };
    const done = room.route.announceAddress(announcement, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(done).rejects.toBe(reason);
  });
});

describe.each(families)('probeAddress, %s', (family) => {
  const probe = { device: 'eth0', address: vips[family], ...brief };
  const whole = `${vips[family]}/${family === 'ipv4' ? 32 : 128}`;
  const quick = family === 'ipv4' ? '' : ' nodad';

  it('hears nobody where the address is free', async () => {
    expect(await room.route.probeAddress({ ...probe, interval: 50 })).toEqual([]);
  });

  it('hears every machine that answers, and teaches none of them anything', async () => {
    ip('near', `addr add ${whole} dev eth0${quick}`);
    expect(await room.route.probeAddress(probe)).toEqual([
      { macAddress: macs.near, claim: 'holds' },
    ]);
    ip('far', `addr add ${whole} dev eth0${quick}`);
    const claims = await room.route.probeAddress(probe);
    expect(claims.map(({ macAddress }) => macAddress).sort()).toEqual([macs.near, macs.far]);
    expect(known('near', vips[family])).not.toBe(macs.room);
  });

  it('hears who wants the address, too', async () => {
    await using far = await Rtnl.open({ netns: others.far });
    const controller = new AbortController();
    const { signal } = controller;
    const patient = { ...probe, count: 100 };
    // The other one may hear us, and be done, before we listen.
    const insist = async (): Promise<void> => {
      while (!signal.aborted) await far.probeAddress(patient, { signal }).catch(() => undefined);
    };
    const [own] = await Promise.all([
      room.route.probeAddress(patient).finally(() => controller.abort()),
      insist(),
    ]);
    expect(own).toEqual([{ macAddress: macs.far, claim: 'probes' }]);
  });

  it('hears nobody where the address is kept on lo', async () => {
    ip('near', `addr add ${whole} dev lo`);
    await using sysctl = await Sysctl.open({ netns: others.near });
    if (family === 'ipv4') {
      expect(await room.route.probeAddress(probe)).toHaveLength(1);
      await sysctl.set('arp_ignore', 1);
    }
    expect(await room.route.probeAddress({ ...probe, interval: 50 })).toEqual([]);
    await sysctl.set('arp_ignore', 0);
    ip('near', `addr del ${whole} dev lo`);
  });
});

describe('refusals', () => {
  it.each([
    ['lo', 'ENOTSUP', 'lo has no neighbours: it is the loopback device'],
    ['nothing', 'ENODEV', 'there is no such device'],
    ['idle', 'ENETDOWN', 'the device is down; set it up'],
    ['tunnel', 'ENOTSUP', 'tunnel has no neighbours: it is without ARP'],
  ])('of %s', async (device, code, words) => {
    if (device === 'idle') room.ip('link add idle type veth peer name idle1');
    if (device === 'tunnel') room.ip('link add tunnel up type ipip local 10.0.0.1');
    const claim = { device, address: vips.ipv4, count: 1, interval: 1 };
    for (const [operation, call] of [
      ['announce address', () => room.route.announceAddress(claim)],
      ['probe address', () => room.route.probeAddress(claim)],
    ] as const) {
      await expect(call()).rejects.toMatchObject({
        name: 'KernelError',
        operation,
        object: `${vips.ipv4} on ${device}`,
        code,
        message: expect.stringContaining(words),
      });
    }
  });

  it('an IPv6 address on a device that is not there, of which it is not known who routes', async () => {
    const announced = room.route.announceAddress({ device: 'none', address: vips.ipv6 });
    await expect(announced).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('without CAP_NET_RAW', () => {
    const module = path.resolve(import.meta.dirname, '../../../dist/route/index.js');
    const program = `
      const { Rtnl } = await import(${JSON.stringify(module)});
      const route = await Rtnl.open({ netns: '${room.netns}' });
      const claim = { device: 'eth0', address: '10.9.0.1', count: 1 };
      await route.announceAddress(claim).catch(({ message }) => console.log(message));
      await route.close();`;
    const node = [process.execPath, '--input-type=module', '--eval', program];
    const drop = ['--bounding-set=-net_raw', '--inh-caps=-net_raw', '--'];
    const text = execFileSync('setpriv', [...drop, ...node], { encoding: 'utf8' });
    expect(text).toContain(
      'announce address 10.9.0.1 on eth0: EPERM: it needs CAP_NET_RAW in the user namespace that owns',
    );
  });
});
