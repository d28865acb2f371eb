import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ConnectionFilter,
  ConnectionOptions,
  CountedBy,
  Endpoint,
  IpvsConnection,
} from '../../../src/ipvs/index.js';
import { IpvsReader } from '../../../src/ipvs/index.js';
import { openProbeSocket } from '../../../src/netns/index.js';
import { linesOf } from './support.js';
import { client, real, Topology, vip } from './topology.js';

let lab: Topology;

const plain = `tcp://${vip.ipv4}:80`;
const plain6 = `tcp://[${vip.ipv6}]:80`;
const sticky = `tcp://${vip.ipv4}:81`;
const sip = `udp://${vip.ipv4}:5060`;

async function rowsOf(options?: ConnectionOptions): Promise<IpvsConnection[]> {
  const rows: IpvsConnection[] = [];
  for await (const row of lab.ipvs.listConnections(options)) rows.push(row);
  return rows;
}

/** What the client sends beside TCP: a datagram, a call's first words, the start of SCTP. */
const datagrams = `
from socket import socket, AF_INET, SOCK_DGRAM, SOCK_STREAM
udp = socket(AF_INET, SOCK_DGRAM)
udp.sendto(b'x', ('${vip.ipv4}', 53))
udp.sendto(b'OPTIONS sip:b SIP/2.0\\r\\nCall-ID: call-1@client\\r\\n\\r\\n', ('${vip.ipv4}', 5060))
sctp = socket(AF_INET, SOCK_STREAM, 132)
sctp.setblocking(False)
sctp.connect_ex(('${vip.ipv4}', 80))`;

beforeAll(async () => {
  lab = await Topology.make();
  const { ipvs } = lab;
  const tcp = { protocol: 'tcp', address: vip.ipv4, scheduler: 'rr' } as const;
  const udp = { ...tcp, protocol: 'udp' } as const;
  const persistence = { timeout: 100, prefixLength: 24 };
  await Promise.all([
    ipvs.addService({ ...tcp, port: 80 }),
    ipvs.addService({ ...tcp, port: 80, address: vip.ipv6 }),
    ipvs.addService({ ...tcp, port: 81, persistence }),
    ipvs.addService({ ...udp, port: 53 }),
    ipvs.addService({ ...udp, port: 5060, persistence, persistenceEngine: 'sip' }),
    ipvs.addService({ ...tcp, protocol: 'sctp', port: 80 }),
    ipvs.addService({ fwmark: 7, scheduler: 'rr', persistence: { timeout: 100 } }),
  ]);
  const nat = { address: real.ipv4, fwd: 'nat', port: 8080 } as const;
  await Promise.all([
    ipvs.addDest(plain, nat),
    ipvs.addDest(plain6, { ...nat, address: real.ipv6 }),
    ipvs.addDest(sticky, nat),
    ipvs.addDest(`udp://${vip.ipv4}:53`, nat),
    ipvs.addDest(sip, nat),
    ipvs.addDest(`sctp://${vip.ipv4}:80`, nat),
    ipvs.addDest('fwmark:7', { ...nat, port: 0 }),
  ]);
  await lab.listen(8080);
  await lab.connect(80);
  await lab.connect(80, 'ipv4', '10.1.0.4');
  await lab.connect(80, 'ipv6');
  await lab.connect(81);
  lab.client.run('/usr/bin/python3', ['-c', datagrams]);
  // A marked packet of the director's own: marks don't leave a namespace.
  const marked = await openProbeSocket({ netns: lab.director.name, mark: 7, source: '10.1.0.1' });
  marked.on('error', () => undefined);
  marked.connect(90, vip.ipv4);
  await new Promise((resolve) => setTimeout(resolve, 100));
  marked.destroy();
}, 60_000);

afterAll(() => lab.close());

const established = {
  protocol: 'tcp',
  client: { address: client.ipv4, port: expect.any(Number) },
  virtual: { address: vip.ipv4, port: 80 },
  dest: { address: real.ipv4, port: 8080 },
  state: 'ESTABLISHED',
  expires: expect.toSatisfy((seconds) => seconds > 800 && seconds <= 900),
  template: false,
};

describe('a connection', () => {
  it('over IPv4 is told in full', async () => {
    expect(await rowsOf({ service: plain, client: client.ipv4 })).toEqual([established]);
  });

  it('over IPv6 is told in full', async () => {
    expect(await rowsOf({ service: plain6 })).toEqual([
      {
        ...established,
        client: { address: client.ipv6, port: expect.any(Number) },
        virtual: { address: vip.ipv6, port: 80 },
        dest: { address: real.ipv6, port: 8080 },
      },
    ]);
  });

  it('over UDP and SCTP has their states', async () => {
    expect(await rowsOf({ service: `udp://${vip.ipv4}:53` })).toMatchObject([
      { protocol: 'udp', state: 'UDP', dest: { address: real.ipv4, port: 8080 } },
    ]);
    expect(await rowsOf({ protocol: 'sctp' })).toMatchObject([
      { protocol: 'sctp', state: expect.stringMatching(/INIT|REJECTED|CLOSED|NONE/) },
    ]);
  });

  it('says where it came from, when that is asked for', async () => {
    const rows = await rowsOf({ source: 'sync', service: plain });
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ origin: 'local', state: 'ESTABLISHED' });
    expect((await rowsOf({ service: plain }))[0]).not.toHaveProperty('origin');
  });
});

describe('a template', () => {
  it('of persistence stands for a network of clients', async () => {
    const [template, ...others] = await rowsOf({ service: sticky, templates: 'only' });
    expect(others).toEqual([]);
    expect(template).toMatchObject({
      client: { address: '10.1.0.0', port: 0 },
      virtual: { address: vip.ipv4, port: 81 },
      template: true,
    });
  });

  it('of a firewall mark tells the mark', async () => {
    expect(await rowsOf({ service: 'fwmark:7' })).toMatchObject([
      {
        protocol: 'ip',
        client: { address: '10.1.0.1', port: 0 },
        virtual: { fwmark: 7 },
        dest: { address: real.ipv4 },
        template: true,
      },
    ]);
  });

  it('of an engine tells the engine and what it goes by', async () => {
    const [template] = await rowsOf({ service: sip, templates: 'only' });
    expect(template).toMatchObject({ engine: 'sip', engineData: 'call-1@client' });
  });
});

describe('a listing', () => {
  it('has the rows that ipvsadm shows', async () => {
    const shown = linesOf(lab.director.ipvsadm('-Lnc')).slice(2);
    const ours = await rowsOf();
    expect(ours).toHaveLength(shown.length);
    const key = (protocol: string, from: string, state: string): string =>
      `${protocol} ${from} ${state}`;
    const theirs = shown.map((line) => {
      const [protocol = '', , state = '', from = ''] = line.trim().split(/\s+/);
      return key(protocol.toLowerCase(), from, state);
    });
    const named = ours.map(({ protocol, client: { address, port }, state }) =>
      key(protocol, `${address.includes(':') ? `[${address}]` : address}:${port}`, state),
    );
    expect(named.sort()).toEqual(theirs.sort());
  });

  it.each<[string, ConnectionOptions, number]>([
    ['state', { state: 'ESTABLISHED' }, 4],
    ['state that none has', { state: 'LISTEN' }, 0],
    ['real server', { dest: `[${real.ipv6}]:8080` }, 1],
    ['real server whatever its port', { dest: real.ipv6 }, 1],
    ['client', { client: '10.1.0.4' }, 1],
    ['network of clients', { client: '10.1.0.0/24', state: 'ESTABLISHED' }, 3],
    ['network of no clients', { client: '10.1.0.0/31', state: 'ESTABLISHED' }, 0],
    ['network of IPv6 clients', { client: '2001:db8:1::/48' }, 1],
    ['protocol', { protocol: 'udp', templates: 'exclude' }, 2],
    ['limit', { limit: 3 }, 3],
    ['limit beyond', { limit: 3, service: plain }, 2],
    ['templates', { templates: 'only' }, 3],
    ['templates and service', { templates: 'only', service: plain }, 0],
  ])('is narrowed by %s', async (_, options, count) => {
    const rows = await rowsOf(options);
    expect(rows).toHaveLength(count);
  });

  it('in pages of any size has the same rows', async () => {
    const all = await rowsOf();
    expect(all.length).toBeGreaterThan(8);
    for (const pageSize of [1, 2, 65_536]) {
      const pages: IpvsConnection[][] = [];
      for await (const page of lab.ipvs.listConnectionPages({ pageSize })) pages.push(page);
      expect(pages.every((page) => page.length > 0 && page.length <= pageSize)).toBe(true);
      expect(pages.flat().map(({ client: { port } }) => port)).toEqual(
        all.map(({ client: { port } }) => port),
      );
    }
  });

  it('lets the event loop have turns, however quickly its pages are taken', async () => {
    let turns = 0;
    let isListing = true;
    const turn = (): void => {
      turns++;
      if (isListing) setImmediate(turn);
    };
    setImmediate(turn);
    let pages = 0;
    while (pages < 200) pages += (await rowsOf({ pageSize: 1 })).length;
    isListing = false;
    expect(turns).toBeGreaterThan(200 / 20);
  });

  it('can be left early, and two can go on at once', async () => {
    const first = lab.ipvs.listConnections({ pageSize: 1 });
    const second = lab.ipvs.listConnections({ pageSize: 2 });
    const rows = [await first.next(), await second.next(), await first.next()];
    expect(rows.every(({ done }) => done === false)).toBe(true);
    await first.return();
    await second.return();
    expect(await rowsOf()).not.toEqual([]);
  });

  it('shows nothing of another namespace', async () => {
    const other = await lab.client.open();
    expect((await other.listConnections().next()).done).toBe(true);
  });
});

describe('counting', () => {
  const written = ({ address, port }: Endpoint): string =>
    `${address.includes(':') ? `[${address}]` : address}:${port}`;

  it('by real server and state comes to what ipvsadm shows', async () => {
    const theirs = new Map<string, number>();
    for (const line of linesOf(lab.director.ipvsadm('-Lnc')).slice(2)) {
      const [, , state, , , dest] = line.trim().split(/\s+/);
      theirs.set(`${dest} ${state}`, (theirs.get(`${dest} ${state}`) ?? 0) + 1);
    }
    const ours = await lab.ipvs.countConnections({ by: ['dest', 'state'] });
    expect(ours.length).toBeGreaterThan(4);
    expect(new Map(ours.map((row) => [`${written(row.dest)} ${row.state}`, row.count]))).toEqual(
      theirs,
    );
  });

  it('comes to what a listing has, by whatever it is told apart and filtered', async () => {
    const filters: ConnectionFilter[] = [
      {},
      { templates: 'exclude' },
      { dest: real.ipv4, state: 'ESTABLISHED' },
      { client: '10.1.0.0/24' },
      { service: 'fwmark:7' },
    ];
    const all = ['protocol', 'client', 'virtual', 'dest', 'state'] as const;
    for (const filter of filters) {
      const rows = await rowsOf(filter);
      for (const by of [...all.map((name) => [name]), [...all], ['virtual', 'state'] as const]) {
        const kinds = new Map<string, number>();
        for (const row of rows) {
          const flat = { ...row, client: row.client.address };
          const kind = JSON.stringify(by.map((name) => flat[name]));
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
        const counts = await lab.ipvs.countConnections({ ...filter, by });
        const seen = counts.map((row) => [JSON.stringify(by.map((name) => row[name])), row.count]);
        expect(new Map(seen as [string, number][])).toEqual(kinds);
        expect(seen).toHaveLength(kinds.size);
      }
    }
  });

  it('by nothing is their number; what has none is left out', async () => {
    expect(await lab.ipvs.countConnections()).toEqual([{ count: (await rowsOf()).length }]);
    expect(await lab.ipvs.countConnections({ state: 'LISTEN', by: ['state'] })).toEqual([]);
    const reader = await IpvsReader.open({ netns: lab.director.name });
    const [service] = await reader.countConnections({ service: plain, by: ['virtual'] });
    await reader.close();
    expect(service).toEqual({ virtual: { address: vip.ipv4, port: 80 }, count: 2 });
  });

  it('refuses what connections do not have', async () => {
    const wrong = ['expires'] as unknown as CountedBy[];
    await expect(lab.ipvs.countConnections({ by: wrong })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      message: expect.stringContaining("by must be one of 'protocol', 'client'"),
    });
  });
});

describe('counters', () => {
  it('are those that ipvsadm shows, as numbers and as bigints', async () => {
    const { ipvs, director } = lab;
    await expect
      .poll(async () => (await ipvs.getService(plain))?.stats.connections, { timeout: 6000 })
      .toBe(2);
    const service = await ipvs.getService(plain);
    const big = await ipvs.getService(plain, { bigint: true });
    const dest = await ipvs.getDest(plain, { address: real.ipv4, port: 8080 });
    expect(dest).toMatchObject({ activeConnections: 2, inactiveConnections: 0 });
    const {
      connections = 0,
      inPackets = 0,
      outPackets = 0,
      inBytes = 0,
      outBytes = 0,
    } = service?.stats ?? {};
    expect(outPackets).toBeGreaterThan(0);
    expect(big?.stats).toMatchObject({ connections: 2n, inBytes: BigInt(inBytes) });
    const shown = director.ipvsadm('-Ln', '--stats', '--exact', '-t', `${vip.ipv4}:80`);
    const columns = [connections, inPackets, outPackets, inBytes, outBytes].join(' +');
    expect(shown).toMatch(new RegExp(`TCP +${vip.ipv4}:80 +${columns}`));
    expect(await ipvs.getDest(sticky, { address: real.ipv4, port: 8080 })).toMatchObject({
      persistentConnections: 1,
    });

    await ipvs.zero(plain);
    expect((await ipvs.getService(plain))?.stats).toMatchObject({ connections: 0, inBytes: 0 });
    expect((await ipvs.getService(plain6))?.stats.connections).toBe(1);
    await expect
      .poll(async () => (await ipvs.stats()).connections, { timeout: 6000 })
      .toBeGreaterThan(5);
    await ipvs.zero();
    expect((await ipvs.getService(plain6))?.stats.connections).toBe(0);
    expect((await ipvs.stats({ bigint: true })).connections).toBe(0n);
  });
});
