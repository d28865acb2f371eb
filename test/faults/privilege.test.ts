// What a process may do that has few capabilities or none, and what it is told.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNetns, removeNetns } from '../../src/netns/index.js';
import { Rtnl } from '../../src/route/index.js';
import { useDirector } from '../kernel/ipvs/support.js';
import { outputOf } from './support/program.js';
import { filesOpened } from './support/traced.js';

const test = useDirector();
const other = 'other';
const nobody = 65_534;

beforeAll(async () => {
  await createNetns(other);
  await using route = await Rtnl.open({ netns: other });
  await route.updateLink('lo', { up: true });
});
afterEach(async () => {
  await using route = await Rtnl.open({ netns: test.director.name });
  await route.flushAddresses({ device: 'lo', family: 'ipv4' });
});
afterAll(() => removeNetns(other));

/** Runs as an ordinary user with these capabilities, in the director's namespace. */
function asNobody(...capabilities: string[]): string[] {
  const wanted = capabilities.map((name) => `+${name}`).join(',');
  const ambient =
    capabilities.length > 0 ? [`--inh-caps=${wanted}`, `--ambient-caps=${wanted}`] : [];
  const user = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...ambient];
  return ['nsenter', `--net=${test.director.file}`, 'setpriv', ...user];
}

/** Tries calls by name; prints what each came to, as JSON. */
const attempts = `
  import { Ipvs, IpvsReader } from 'lvs';
  import { capture } from 'lvs/capture';
  import { Nat } from 'lvs/nat';
  import { createNetns, openProbeSocket } from 'lvs/netns';
  import { Rtnl } from 'lvs/route';
  import { Sysctl } from 'lvs/sysctl';
  const route = await Rtnl.open();
  const sysctl = await Sysctl.open();
  const tries = {
    'ipvs': async () => { const ipvs = await Ipvs.open(); await ipvs.ensureService({ fwmark: 1 }); await ipvs.close(); },
    'reader': async () => { const reader = await IpvsReader.open(); await reader.listServices(); await reader.close(); },
    'list links': () => route.listLinks(),
    'add address': () => route.ensureAddress({ device: 'lo', address: '10.7.0.1/32' }),
    'read sysctl': () => sysctl.get('ip_forward'),
    'write sysctl': () => sysctl.set('ip_forward', true),
    'capture': async () => { const frames = capture({ device: 'lo' }); try { await frames.ready(); } finally { await frames.close(); } },
    'enter': async () => { await (await Rtnl.open({ netns: '${other}' })).close(); },
    'create': () => createNetns('made'),
    'mark': async () => (await openProbeSocket({ mark: 7 })).destroy(),
    'nat': async () => { await (await Nat.open({ backend: 'nftables' })).close(); },
  };
  const outcomes = {};
  for (const [name, act] of Object.entries(tries)) {
    outcomes[name] = await act().then(() => 'done', (error) => error.message);
  }
  await Promise.all([route.close(), sysctl.close()]);
  console.log(JSON.stringify(outcomes));`;

async function attemptAs(before: readonly string[]): Promise<{ [name: string]: string }> {
  return JSON.parse(await outputOf(attempts, { before }));
}

const initial = 'in the initial user namespace';
const owner = 'in the user namespace that owns the network namespace';
const entering = 'entering a network namespace takes CAP_SYS_ADMIN';

describe('an ordinary user', () => {
  it('without any capability reads, and is told what each other call takes, and where', async () => {
    const outcomes = await attemptAs(asNobody());
    expect(outcomes).toMatchObject({
      ipvs: expect.stringContaining(`EPERM: it needs CAP_NET_ADMIN ${initial}`),
      reader: 'done',
      'list links': 'done',
      'add address': expect.stringContaining(`EPERM: it needs CAP_NET_ADMIN ${owner}`),
      'read sysctl': 'done',
      'write sysctl': expect.stringContaining(`EACCES: it needs CAP_NET_ADMIN ${owner}`),
      capture: expect.stringContaining(`EPERM: it needs CAP_NET_RAW ${owner}`),
      enter: expect.stringContaining(entering),
      create: expect.stringContaining('CAP_SYS_ADMIN'),
      mark: expect.stringContaining('CAP_NET_ADMIN'),
      nat: expect.stringContaining('CAP_NET_ADMIN'),
    });
  });

  it('with CAP_NET_ADMIN changes services, addresses and sysctls', async () => {
    const outcomes = await attemptAs(asNobody('net_admin'));
    expect(outcomes).toMatchObject({
      ipvs: 'done',
      'add address': 'done',
      'write sysctl': 'done',
      mark: 'done',
      capture: expect.stringContaining('CAP_NET_RAW'),
      enter: expect.stringContaining(entering),
    });
    expect(test.director.saved()).toEqual(['-A -f 1 -s wlc']);
    expect(test.director.run('ip', ['-o', '-4', 'address'])).toContain('10.7.0.1/32');
  });

  it('with CAP_NET_RAW captures, and nothing else', async () => {
    const outcomes = await attemptAs(asNobody('net_raw'));
    expect(outcomes).toMatchObject({
      capture: 'done',
      ipvs: expect.stringContaining('CAP_NET_ADMIN'),
      'add address': expect.stringContaining('CAP_NET_ADMIN'),
      enter: expect.stringContaining('CAP_SYS_ADMIN'),
    });
  });

  it('with CAP_SYS_ADMIN enters another namespace, and may change nothing there', async () => {
    const outcomes = await attemptAs(asNobody('sys_admin'));
    expect(outcomes).toMatchObject({
      enter: 'done',
      ipvs: expect.stringContaining('CAP_NET_ADMIN'),
      'add address': expect.stringContaining('CAP_NET_ADMIN'),
    });
  });
});

describe('root of a user namespace only', () => {
  it('is told that the capability it has does not count', async () => {
    const outcomes = await attemptAs(['nsenter', `--net=${test.director.file}`, 'unshare', '-Ur']);
    expect(outcomes).toMatchObject({
      ipvs: expect.stringContaining(
        `it needs CAP_NET_ADMIN ${initial}; this process has it only in a user namespace of its own; run it outside`,
      ),
      'add address': expect.stringContaining(
        `it needs CAP_NET_ADMIN ${owner}; this process has it only in a user namespace of its own; run it outside`,
      ),
      capture: expect.stringContaining('CAP_NET_RAW'),
      enter: expect.stringContaining(entering),
    });
  });

  it('may do everything but IPVS in a network namespace that was made inside it', async () => {
    const outcomes = await attemptAs(['unshare', '-Urn']);
    expect(outcomes).toMatchObject({
      'add address': 'done',
      capture: 'done',
      'list links': 'done',
      ipvs: expect.stringContaining(initial),
    });
  });
});

describe('the library', () => {
  it('runs no program, and opens no file but those that a call is about', async () => {
    const { name } = test.director;
    const preparation = `
      import { Ipvs } from 'lvs';
      import { capture } from 'lvs/capture';
      import { Rtnl } from 'lvs/route';
      import { Sysctl } from 'lvs/sysctl';
      const netns = '${name}';
      // The addon is loaded by the first handle.
      await (await Rtnl.open()).close();`;
    const action = `
      const ipvs = await Ipvs.open({ netns });
      await ipvs.addService({ fwmark: 7 });
      await ipvs.addService({ fwmark: 7 }).catch(() => 0);
      await ipvs.snapshot();
      for await (const _ of ipvs.listConnections()) break;
      await ipvs.removeService('fwmark:7');
      const route = await Rtnl.open({ netns });
      await route.listAddresses();
      await route.addAddress({ device: 'none0', address: '10.0.0.1/24' }).catch(() => 0);
      const frames = capture({ device: 'lo', netns });
      await frames.ready();
      await frames.close();
      const sysctl = await Sysctl.open({ netns });
      await sysctl.get('ip_forward');
      await Promise.all([ipvs, route, sysctl].map((handle) => handle.close()));`;
    expect(await filesOpened(preparation, action)).toEqual([
      '/proc/sys/net/ipv4/ip_forward',
      '/proc/thread-self/net/ip_vs_conn',
      `/run/netns/${name}`,
    ]);
  });
});
