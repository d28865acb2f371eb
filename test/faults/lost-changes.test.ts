// Changes of every kind whose answer gets lost: what the kernel then has tells that they were made.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ipvs } from '../../src/index.js';
import { createNetns, removeNetns } from '../../src/netns/index.js';
import { Fou, Rtnl } from '../../src/route/index.js';
import { useDirector } from '../kernel/ipvs/support.js';
import { faults } from './support/faults.js';

const test = useDirector();
const elsewhere = `elsewhere-${process.pid}`;
let route: Rtnl;
let fou: Fou;

/** A change, the receive that loses its answer, and what another program then says. */
type Change = readonly [
  name: string,
  act: () => Promise<unknown>,
  command: string,
  shown: RegExp,
  loseAt?: number,
];

beforeAll(async () => {
  execFileSync('modprobe', ['fou']);
  const netns = test.director.name;
  await createNetns(elsewhere);
  route = await Rtnl.open({ netns });
  fou = await Fou.open({ netns });
});
afterAll(async () => {
  await Promise.all([route.close(), fou.close()]);
  await removeNetns(elsewhere);
  console.log(`faults survived: ${faults.survived}`);
});
afterEach(() => void faults.take());

async function lose([, act, command, shown, loseAt = 1]: Change): Promise<void> {
  await faults.during({ loseAt }, act);
  expect(faults.take()).toBe(1);
  expect(test.director.run('sh', ['-c', command])).toMatch(shown);
}

const d0 = 'd0';
const address = { device: d0, address: '10.5.0.1/24' };
const way = { destination: '10.6.0.0/16', gateway: '10.5.0.9' };
const neighbour = { device: d0, address: '10.5.0.7', macAddress: '02:00:00:00:00:07' };
const rule = { priority: 77, from: '10.5.0.0/24', table: 7 };
const port = { port: 6080, encapsulation: 'gue' } as const;
const none = /^(?:Cannot find device .*)?\s*$/;

describe('a lost answer leaves no doubt about', () => {
  const changes: readonly Change[] = [
    ['a new device', () => route.addLink({ kind: 'dummy', name: d0 }), 'ip link show d0', /d0/],
    [
      'a device that is set up',
      () => route.updateLink(d0, { up: true, mtu: 1400, alias: 'uplink', queueLength: 7 }),
      'ip link show d0',
      /UP.*mtu 1400.*qlen 7.*alias uplink/s,
    ],
    ['a new address', () => route.addAddress(address), 'ip -4 address show d0', /10\.5\.0\.1\/24/],
    [
      'an address that is changed',
      () => route.updateAddress(address, { metric: 9 }),
      'ip -4 address show d0',
      /metric 9/,
      2,
    ],
    ['a new route', () => route.addRoute(way), 'ip route', /10\.6\.0\.0\/16 via 10\.5\.0\.9/],
    [
      'a removed route',
      () => route.removeRoute(way),
      'ip route; echo end',
      /^(?!.*10\.6\.0\.0).*end$/ms,
    ],
    ['a new rule', () => route.addRule(rule), 'ip rule', /77:\s+from 10\.5\.0\.0\/24 lookup 7/],
    ['a removed rule', () => route.removeRule(rule), 'ip rule; echo end', /^(?!.*77:).*end$/ms],
    [
      'a new neighbour',
      () => route.addNeighbour(neighbour),
      'ip neigh show dev d0',
      /10\.5\.0\.7 lladdr 02:00:00:00:00:07/,
    ],
    [
      'a removed neighbour',
      () => route.removeNeighbour({ device: d0, address: neighbour.address }),
      'ip neigh show dev d0; echo end',
      /^(?!.*lladdr).*end$/ms,
    ],
    ['a new port', () => fou.addPort(port), 'ip fou show', /port 6080 gue/],
    ['a removed port', () => fou.removePort(port), 'ip fou show', none],
    [
      'a removed address',
      () => route.removeAddress(address),
      'ip -4 address show d0; echo end',
      /^(?!.*10\.5\.0\.1).*end$/ms,
    ],
    [
      'a device with another name',
      () => route.updateLink(d0, { up: false, name: 'd1' }),
      'ip link show d1',
      /d1/,
    ],
    [
      'a device that moves away',
      () => route.updateLink('d1', { netns: elsewhere }),
      `ip link show d1 2>/dev/null; ip -n ${elsewhere} link show d1`,
      /d1/,
    ],
    ['another device', () => route.addLink({ kind: 'dummy', name: d0 }), 'ip link show d0', /d0/],
    [
      'a removed device',
      () => route.removeLink(d0),
      'ip link show d0 2>&1; echo end',
      /does not exist|Cannot find/,
    ],
  ];

  it.each(changes.map((change) => [change[0], change] as const))('%s', async (_, change) => {
    await lose(change);
  });
});

describe('in IPVS a lost answer leaves no doubt about', () => {
  const service = { protocol: 'tcp', address: '10.0.0.1', port: 80 } as const;
  const name = 'tcp://10.0.0.1:80';
  const dest = '10.0.0.20';
  const end = /^end\n$/;
  let ipvs: Ipvs;

  beforeAll(() => {
    ipvs = test.ipvs;
  });
  it('services and destinations, from the first to the last change', async () => {
    const changes: Change[] = [
      ['', () => ipvs.addService(service), 'ipvsadm -Sn', /-A -t 10\.0\.0\.1:80 -s wlc$/m],
      ['', () => ipvs.updateService(name, { scheduler: 'rr' }), 'ipvsadm -Sn', /-s rr$/m, 2],
      ['', () => ipvs.addDest(name, dest), 'ipvsadm -Sn', /-r 10\.0\.0\.20:80 -g -w 1$/m],
      ['', () => ipvs.updateDest(name, dest, { weight: 7 }), 'ipvsadm -Sn', /-w 7$/m, 2],
      ['', () => ipvs.removeDest(name, dest), 'ipvsadm -Sn', /^-A.*\n$/],
      ['', () => ipvs.removeService(name), 'ipvsadm -Sn; echo end', end],
    ];
    for (const change of changes) await lose(change);
  });

  it('sync daemons', async () => {
    const daemon = { state: 'backup', device: 'lo', syncId: 3 } as const;
    const list = 'ipvsadm -L --daemon; echo end';
    await lose(['', () => ipvs.startSyncDaemon(daemon), list, /backup sync daemon.*syncid=3/]);
    await lose(['', () => ipvs.stopSyncDaemon('backup'), list, end]);
  });
});
