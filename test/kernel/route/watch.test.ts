import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WatchEvent, WatchOptions } from '../../../src/route/index.js';
import { Rtnl } from '../../../src/route/index.js';
import type { Kind } from './reader.js';
import { listings, Reader } from './reader.js';
import { useRoom } from './support.js';

const room = useRoom();
const everything: WatchOptions = {
  addresses: true,
  links: true,
  routes: { table: 'all' },
  rules: true,
  neighbours: { state: 'permanent' },
};
const readers: Reader[] = [];

async function read(options: WatchOptions): Promise<Reader> {
  const reader = await Reader.of(room.route.watch(options));
  readers.push(reader);
  return reader;
}

beforeEach(() => room.ip('link add ens3 type veth peer name ens4', 'link set ens3 up'));

afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  const rules = (await room.route.listRules()).filter(({ protocol }) => protocol !== 'kernel');
  await Promise.all(rules.map((rule) => room.route.removeRule(rule)));
  for (const { name, kind } of await room.route.listLinks()) {
    if (kind === 'veth' || kind === 'bridge') await room.route.removeLink(name).catch(() => 0);
  }
});

/** The addresses that `ip` shows, one text each. */
function shownAddresses(): string[] {
  return room
    .json(['address show'])
    .flatMap(({ ifname, addr_info: infos }) =>
      (infos as Record<string, unknown>[]).map(
        ({ local, prefixlen, label, broadcast, scope, family }) =>
          [
            `${ifname} ${local}/${prefixlen} ${family === 'inet' ? label : undefined}`,
            `${broadcast} ${scope}`,
          ].join(' '),
      ),
    )
    .sort();
}

/** The same of a reader's view. */
function toldAddresses(reader: Reader): string[] {
  return reader
    .view('address')
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .map(
      ({ device, address, label, broadcast, scope }) =>
        `${device} ${address} ${label} ${broadcast} ${scope}`,
    )
    .sort();
}

/** Events of objects without the objects: `'address removed'`. */
function words(events: readonly WatchEvent[]): string[] {
  return events.map((event) => ('change' in event ? `${event.kind} ${event.change}` : event.kind));
}

const isAbout =
  (address: string) =>
  (event: WatchEvent): boolean =>
    event.kind === 'address' && event.address.address === address;

describe('addresses', () => {
  it('are told as ip changes them, label, broadcast and what they were before included', async () => {
    const reader = await read({ addresses: { family: 'ipv4' } });
    room.ip(
      'address add 10.0.0.1/24 brd + dev ens3 label ens3:1',
      'address change 10.0.0.1/24 dev ens3 valid_lft 5000 preferred_lft 1000',
      'address del 10.0.0.1/24 dev ens3',
    );
    await reader.until((event) => 'change' in event && event.change === 'removed');
    const address = {
      device: 'ens3',
      address: '10.0.0.1/24',
      family: 'ipv4',
      scope: 'global',
      label: 'ens3:1',
      broadcast: '10.0.0.255',
    };
    const changed = { ...address, validLifetime: 5000, preferredLifetime: 1000 };
    expect(reader.take()).toEqual([
      { kind: 'address', change: 'added', address },
      { kind: 'address', change: 'changed', address: changed, previous: address },
      { kind: 'address', change: 'removed', address: changed },
    ]);
  });

  it('are told as the library changes them, with the owner, in both families', async () => {
    const reader = await read({ addresses: { protocol: 77 } });
    const { route } = room;
    for (const address of ['10.0.0.1/32', '2001:db8::1/128']) {
      await route.addAddress({ device: 'ens3', address: '10.9.9.9', protocol: 7 });
      await route.addAddress({ device: 'ens3', address, protocol: 77 });
      const event = await reader.until(isAbout(address));
      expect(event).toMatchObject({ change: 'added', address: { protocol: 77 } });
      await route.removeAddress({ device: 'ens3', address: '10.9.9.9' });
    }
    await route.flushAddresses({ protocol: 77 });
    await reader.until((event) => isAbout('2001:db8::1/128')(event) && 'change' in event);
    await reader.agrees('address', () => Promise.resolve([]));
    expect(reader.events.some(isAbout('10.9.9.9/32'))).toBe(false);
  });

  it('that only another process tells of are none', async () => {
    const reader = await read({ addresses: { family: 'ipv4' } });
    const script = path.join(import.meta.dirname, 'forge.py');
    const args = ['netns', 'exec', room.netns, 'python3', script, '10.66.66.66', 'ens3'];
    expect(execFileSync('ip', args, { encoding: 'utf8' })).toBe('1\n');
    await room.route.addAddress({ device: 'ens3', address: '10.0.0.1' });
    await reader.until(isAbout('10.0.0.1/32'));
    expect(reader.events).toHaveLength(1);
  });

  it('that are looked for in others change from tentative to usable', async () => {
    room.ip('link set ens4 up');
    const reader = await read({ addresses: { address: '2001:db8::1' } });
    room.ip('address add 2001:db8::1/64 dev ens3');
    const event = await reader.until((each) => 'change' in each && each.change === 'changed');
    expect(event).toMatchObject({ previous: { tentative: true } });
    expect(event).not.toHaveProperty('address.tentative');
  });
});

describe('everything', () => {
  /** Waits until a view from events alone is what the library lists. */
  async function agree(reader: Reader): Promise<void> {
    for (const kind of Object.keys(listings) as Kind[]) {
      await reader.agrees(kind, () => listings[kind](room.route));
    }
  }

  /** The view must be what `ip` shows. */
  function compare(reader: Reader): void {
    expect(toldAddresses(reader)).toEqual(shownAddresses());
    expect(reader.view('link')).toHaveLength(room.json(['link show']).length);
    const routes = ['-4', '-6'].flatMap((family) => room.json(['route show table all'], family));
    expect(reader.view('route')).toHaveLength(routes.length);
    const rules = ['-4', '-6'].flatMap((family) => room.json(['rule show'], family));
    expect(reader.view('rule')).toHaveLength(rules.length);
  }

  it('that is there comes first, if that is asked for, and then that it is all', async () => {
    room.ip('address add 10.0.0.1/24 dev ens3', 'link set lo up');
    const reader = await read({ ...everything, initial: true });
    await reader.until(({ kind }) => kind === 'settled');
    const events = reader.take();
    expect(events.at(-1)).toEqual({ kind: 'settled' });
    expect(events.slice(0, -1).every((event) => 'initial' in event && event.initial)).toBe(true);
    await agree(reader);
  });

  it('is followed through whatever happens to it', async () => {
    const reader = await read({ ...everything, initial: true });
    const other = `${room.netns}-other`;
    execFileSync('ip', ['netns', 'add', other]);
    // Every kind of object is there.
    const lastWithAll = (): Promise<void> => room.route.updateLink('ens4', { mtu: 1400 });
    const steps: (readonly string[] | (() => Promise<void>))[] = [
      ['link set lo up', 'link set ens4 up', 'address add 10.0.0.1/24 dev ens3 label ens3:1'],
      ['address add 10.0.0.2/24 dev ens3', 'address add 2001:db8::1/64 dev ens3 nodad'],
      // A route that is replaced, one of several ways, one that goes with its source address.
      ['route add 192.0.2.0/24 via 10.0.0.9', 'route replace 192.0.2.0/24 via 10.0.0.8'],
      ['route append 192.0.2.0/24 via 10.0.0.7', 'route del 192.0.2.0/24 via 10.0.0.8'],
      ['route add 198.51.100.0/24 nexthop via 10.0.0.8 nexthop via 10.0.0.9 weight 3'],
      ['address add 10.0.1.1/32 dev ens3', 'route add 203.0.113.0/24 dev ens4 src 10.0.1.1'],
      ['address del 10.0.1.1/32 dev ens3'],
      [
        'address add 2001:db8::7/128 dev ens4 nodad',
        'route add 2001:db8:7::/48 dev ens3 src 2001:db8::7',
      ],
      ['address del 2001:db8::7/128 dev ens4'],
      // The ways of an IPv6 route come and go one by one.
      ['route add 2001:db8:9::/48 via 2001:db8::8', 'route append 2001:db8:9::/48 via 2001:db8::9'],
      ['route del 2001:db8:9::/48 via 2001:db8::8'],
      ['neighbour add 10.0.0.9 lladdr 02:00:00:00:00:09 dev ens3'],
      ['neighbour replace 10.0.0.9 lladdr 02:00:00:00:00:0a dev ens3'],
      ['rule add from 10.0.0.0/8 table 7 priority 100', 'rule add fwmark 7 table 8 priority 101'],
      ['rule del priority 100'],
      () => room.route.addRule({ family: 'ipv6', mark: 7, table: 8, priority: 101 }),
      lastWithAll,
      // IPv4 routes go without a word.
      ['link set ens4 down', 'link set ens3 down'],
      ['link set ens3 name eth9', 'link set eth9 up'],
      ['link add br0 type bridge', 'link set eth9 master br0', 'link set br0 up mtu 1400'],
      ['link set eth9 nomaster'],
      // To another namespace and back.
      [`link set eth9 netns ${other}`],
      () => withOther(other, (there) => there.updateLink('eth9', { netns: room.netns })),
      () => room.route.updateLink('eth9', { name: 'ens3', up: true }),
      () => room.route.addAddress({ device: 'ens3', address: '10.0.0.1/24', label: 'ens3:2' }),
      () => room.route.relabelAddress({ device: 'ens3', address: '10.0.0.1/24' }, 'ens3:3'),
      ['link del ens3', 'link del br0'],
    ];
    for (const step of steps) {
      if (typeof step === 'function') await step();
      else room.ip(...step);
      await agree(reader);
      if (step === lastWithAll) compare(reader);
    }
    compare(reader);
    expect(words(reader.events)).not.toContain('overrun');
    execFileSync('ip', ['netns', 'del', other]);
  }, 120_000);

  async function withOther(netns: string, use: (there: Rtnl) => Promise<void>): Promise<void> {
    await using there = await Rtnl.open({ netns });
    await use(there);
  }
});

describe('a filter', () => {
  it('by device is one that devices may get and lose', async () => {
    room.ip('address add 10.0.0.1/24 dev ens4');
    const reader = await read({ addresses: { device: 'vip0', family: 'ipv4' } });
    room.ip('address add 10.0.0.2/24 dev ens4', 'link set ens4 name vip0');
    await reader.until(isAbout('10.0.0.2/24'));
    room.ip('link set vip0 name ens4');
    await reader.agrees('address', () => Promise.resolve([]));
    const told = words(reader.take()).filter((word) => word !== 'address changed');
    expect(told).toEqual(['address added', 'address added', 'address removed', 'address removed']);
  });

  it('of routes is that of their listing', async () => {
    room.ip('address add 10.0.0.1/24 dev ens3', 'link set ens4 up');
    const filter = { protocol: 'static', table: 7 } as const;
    const reader = await read({ routes: filter });
    room.ip(
      'route add 192.0.2.0/24 via 10.0.0.9 table 7 proto static',
      'route add 192.0.2.0/24 via 10.0.0.9 table 7 metric 5',
      'route add 192.0.2.0/24 via 10.0.0.9 proto static',
      'route replace 192.0.2.0/24 via 10.0.0.8 table 7 proto bird',
      'route add 198.51.100.0/24 via 10.0.0.9 table 7 proto static',
    );
    await reader.agrees('route', () => room.route.listRoutes(filter));
    expect(words(reader.take()).sort()).toEqual(['route added', 'route added', 'route removed']);
  });
});

describe('an overrun', () => {
  it('is told, and then what came of it, from a view that was not read for long', async () => {
    const { route } = room;
    const watch = await route.watch({ addresses: true, bufferSize: 4096 }).ready();
    const addresses = Array.from({ length: 200 }, (_, i) => `10.1.0.${i + 1}`);
    await Promise.all(addresses.map((address) => route.addAddress({ device: 'ens3', address })));
    const reader = await Reader.of(watch);
    readers.push(reader);
    await reader.until(({ kind }) => kind === 'settled');
    const events = reader.take();
    expect(events.slice(0, 1)).toEqual([{ kind: 'overrun' }]);
    const marked = events.filter((event) => 'resync' in event && event.resync === true);
    expect(marked).toHaveLength(200);
    await route.flushAddresses({ address: '10.1.0.7' });
    expect(await reader.until(isAbout('10.1.0.7/32'))).toMatchObject({ change: 'removed' });
  });
});

describe('the end', () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length;

  it('by whatever leaves no descriptor and no thread', async () => {
    const { route } = room;
    const before = descriptors();
    const ends: (() => Promise<void>)[] = [
      async () => {
        for await (const event of route.watch({ links: true, initial: true })) {
          expect(event.kind).toBe('link');
          break;
        }
      },
      async () => {
        const watch = route.watch({ links: true });
        const waiting = watch.next();
        await watch.ready();
        await watch.return();
        expect(await waiting).toEqual({ done: true, value: undefined });
        expect(await watch.next()).toEqual({ done: true, value: undefined });
      },
      async () => {
        const controller = new AbortController();
        const watch = route.watch({ links: true, signal: controller.signal });
        const waiting = watch.next();
        await watch.ready();
        controller.abort(new Error('enough'));
        await expect(waiting).rejects.toThrow('enough');
        expect(await watch.next()).toEqual({ done: true, value: undefined });
      },
      async () => {
        await using watch = route.watch({ links: true });
        await watch.ready();
      },
      async () => {
        const watch = route.watch({ links: true });
        await watch.close();
        await expect(watch.ready()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' });
      },
    ];
    for (const end of ends) await end();
    expect(descriptors()).toBe(before);
  });

  it('comes with that of the handle', async () => {
    const route = await Rtnl.open({ netns: room.netns });
    const watch = route.watch({ links: true });
    const waiting = watch.next();
    await watch.ready();
    await route.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await expect(route.watch({ links: true }).next()).rejects.toMatchObject({
      code: 'ERR_LVS_CLOSED',
    });
  });

  it('does not come with that of the name of the namespace', async () => {
    const netns = `${room.netns}-gone`;
    execFileSync('ip', ['netns', 'add', netns]);
    await using route = await Rtnl.open({ netns });
    const reader = await Reader.of(route.watch({ links: true }));
    execFileSync('ip', ['netns', 'del', netns]);
    await route.addLink({ kind: 'bridge', name: 'br0' });
    expect(await reader.until(({ kind }) => kind === 'link')).toMatchObject({ change: 'added' });
    await reader.close();
  });
});

describe('a process', () => {
  /** Runs a module that imports the built package; it has to end by itself. */
  function run(source: string): Promise<string> {
    const program = [
      `import { Rtnl } from '${path.resolve(import.meta.dirname, '../../../dist/route/index.js')}';`,
      `const route = await Rtnl.open({ netns: '${room.netns}' });`,
      source,
    ].join('\n');
    return new Promise((resolve, reject) => {
      const args = ['--input-type=module', '--eval', program];
      execFile(process.execPath, args, (error, output) => {
        if (error === null) resolve(output);
        else reject(error);
      });
    });
  }

  it('stays while somebody waits for an event, and is not kept by a watch that nobody reads', async () => {
    const reader = await read({ addresses: true });
    const child = run(`
      const idle = await route.watch({ links: true }).ready();
      const watch = await route.watch({ addresses: { address: '10.0.0.7' } }).ready();
      const first = watch.next();
      await route.addAddress({ device: 'ens3', address: '10.0.0.6' });
      const { value } = await first;
      console.log(value.change, value.address.label);`);
    await reader.until(isAbout('10.0.0.6/32'));
    await room.route.addAddress({ device: 'ens3', address: '10.0.0.7', label: 'ens3:7' });
    expect(await child).toBe('added ens3:7\n');
  });
});
