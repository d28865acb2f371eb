import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IpvsConnection } from '../../../src/ipvs/index.js';
import { IpvsReader } from '../../../src/ipvs/index.js';
import { ip, linesOf, runProgram, useDirector } from './support.js';

const test = useDirector();
const folder = mkdtempSync(path.join(tmpdir(), 'lvs-reading-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows = 10_000;
const dests = ['10.0.1.1:53', '10.0.1.2:53', '10.0.1.3:53', '10.0.1.4:53'];

/** Datagrams of made-up clients, sent by the director to its own service. */
const datagrams = `
import socket, struct
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for i in range(${rows}):
    ip = struct.pack('!BBHHHBBHII', 0x45, 0, 28, 0, 0, 64, 17, 0, 0xac100000 + i, 0x0a000001)
    raw.sendto(ip + struct.pack('!HHHH', 1024, 53, 8, 0), ('10.0.0.1', 0))`;

beforeAll(async () => {
  const { director, ipvs } = test;
  const inside = (text: string) => ip('-n', director.name, ...text.split(' '));
  // A dummy device resolves no neighbours and drops what it sends: the real servers need not exist.
  inside('link add dummy0 type dummy');
  inside('address add 10.0.0.1/16 dev dummy0');
  inside('link set dummy0 up');
  const service = 'udp://10.0.0.1:53';
  await ipvs.addService({ protocol: 'udp', address: '10.0.0.1', port: 53, scheduler: 'rr' });
  await Promise.all(dests.map((dest) => ipvs.addDest(service, dest)));
  director.run('/usr/bin/python3', ['-c', datagrams]);
}, 60_000);

/** The connections without their time, which goes on. */
async function arrayOf(connections: AsyncIterable<IpvsConnection>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const { expires: _, ...connection } of connections) list.push(connection);
  return list;
}

/** What a program that uses `ipvs` prints, and the system calls of the handle's thread meanwhile. */
function traced(source: string) {
  const trace = path.join(folder, 'trace');
  const calls = 'trace=read,pread64,write,openat,clock_gettime';
  const { status, output, errors } = runProgram(
    `const ipvs = await Ipvs.open({ netns: '${test.director.name}' });
    ${source}
    await ipvs.close();`,
    { before: ['strace', '-f', '-qq', '-y', '-o', trace, '-e', calls] },
  );
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  const lines = linesOf(readFileSync(trace, 'utf8'));
  const table = /net\/ip_vs_conn>/;
  const thread = lines.find((line) => table.test(line))?.split(' ')[0] ?? 'none';
  const own = lines.filter((line) => line.startsWith(`${thread} `));
  const from = own.findIndex((line) => table.test(line));
  const count = (call: RegExp): number => own.slice(from).filter((line) => call.test(line)).length;
  return {
    output: JSON.parse(output),
    reads: count(/ p?read(64)?\(\d+<[^>]*net\/ip_vs_conn>/),
    wakeUps: count(/ write\(\d+<[^>]*eventfd/),
    looks: count(/clock_gettime\(/),
  };
}

/** The kernel gives out a page of memory at a time, and a row of IPv4 takes 66 bytes of it. */
const pages = Math.ceil(rows / Math.floor(4096 / 66));

describe('the table of connections', () => {
  it('is listed with one reading for each page of it', () => {
    const { output, reads, wakeUps } = traced(`
      let rows = 0;
      for await (const row of ipvs.listConnections()) if (row.state === 'UDP') rows++;
      console.log(rows);`);
    expect(output).toBe(rows);
    expect(reads).toBeGreaterThanOrEqual(pages);
    expect(reads).toBeLessThanOrEqual(pages + 2);
    // Once for each thousand rows, or when that takes long; and the thread's beginning and end.
    expect(wakeUps).toBeLessThanOrEqual(rows / 1000 + reads / 8 + 4);
  });

  it('wakes JavaScript seldom where a filter keeps nothing', () => {
    const { output, reads, wakeUps } = traced(`
      const pages = [];
      for await (const page of ipvs.listConnectionPages({ dest: '10.0.9.9' })) pages.push(page);
      console.log(pages.length);`);
    expect(output).toBe(0);
    expect(reads).toBeLessThanOrEqual(pages + 2);
    expect(wakeUps).toBeLessThanOrEqual(reads / 8 + 4);
  });

  it('is counted as seldom, with few looks at the clock', () => {
    const { output, reads, wakeUps, looks } = traced(`
      console.log(JSON.stringify(await ipvs.countConnections({ by: ['dest', 'state'] })));`);
    expect(output).toHaveLength(dests.length);
    expect(output[0]).toMatchObject({ state: 'UDP', count: rows / dests.length });
    expect(reads).toBeLessThanOrEqual(pages + 2);
    expect(wakeUps).toBeLessThanOrEqual(reads / 8 + 4);
    // At a batch's beginning and end, and seldom in between.
    expect(looks).toBeLessThanOrEqual(reads / 8 + 4 * wakeUps);
  });

  it('is read no further than a sample takes', () => {
    const { output, reads } = traced(`
      const counts = await ipvs.countConnections({ by: ['dest'], sample: 620 });
      let rows = 0;
      for await (const row of ipvs.listConnections({ sample: 62, state: 'UDP' })) rows++;
      console.log(JSON.stringify([counts.reduce((sum, { count }) => sum + count, 0), rows]));`);
    expect(output).toEqual([620, 62]);
    // 61 rows fit behind the header.
    expect(reads).toBeLessThanOrEqual(11 + 2);
  });

  it('has no more rows in a sample of more than there are', async () => {
    const { ipvs } = test;
    expect(await ipvs.countConnections({ sample: 2 * rows })).toEqual([{ count: rows }]);
    const [first] = await ipvs.countConnections({
      dest: '10.0.1.1:53',
      sample: rows,
      by: ['dest'],
    });
    expect(first?.count).toBe(rows / dests.length);
  });
});

describe('a reader', () => {
  it('sees services, connections and counters as a handle does', async () => {
    const { director, ipvs } = test;
    const udp = { protocol: 'udp', address: '10.0.0.1', port: 53 } as const;
    await ipvs.addService(udp);
    await ipvs.addDest(udp, { address: '10.0.1.1', weight: 7 });
    await ipvs.addDest(udp, { address: '10.0.1.2', port: 54, fwd: 'nat' });
    await using reader = await IpvsReader.open({ netns: director.name });
    const [service] = await reader.listServices();
    expect(service).toMatchObject(udp);
    const seen = await ipvs.listDests(udp);
    expect(seen).toHaveLength(2);
    expect(service?.dests).toEqual(
      seen.map(({ address, port, fwd, weight, activeConnections, inactiveConnections }) => {
        return { address, port, fwd, weight, activeConnections, inactiveConnections };
      }),
    );
    const filter = { dest: '10.0.1.1:53', sample: 1000 };
    expect(await arrayOf(reader.listConnections(filter))).toEqual(
      await arrayOf(ipvs.listConnections(filter)),
    );
    const counted = { connections: rows, inPackets: rows };
    expect(await reader.stats()).toMatchObject(counted);
    expect(await ipvs.stats()).toMatchObject(counted);
  });
});
