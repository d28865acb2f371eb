// @ts-check
// The connection table: reading all of it, and one row in a hundred.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { withIpvs } from '../lib/handle.mjs';
import { compare, floor, libraryOnly, tool } from '../lib/measure.mjs';

/** @typedef {import('../lib/row.mjs').Row} Row */

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ hasIpvs, restarts, quick, emulated }) {
  if (!hasIpvs) return;
  if (!existsSync('/sys/class/net/bench0')) await prepareDirector();
  for (const size of sizesFor(restarts, quick, emulated)) {
    makeConnections(size);
    const many = size > (restarts ? 30_000 : 100_000);
    const times = quick || many ? 3 : 5;
    const listings = { times, toolTimes: restarts && many ? 0 : 1 };
    yield await listing(size, { filtered: false, ...listings });
    yield await listing(size, { filtered: true, ...listings, toolTimes: 0 });
  }
}

/** @param {boolean} restarts @param {boolean} quick @param {boolean} emulated */
function sizesFor(restarts, quick, emulated) {
  if (emulated || libraryOnly) return [100_000];
  if (!restarts) return [10_000, 100_000, 1_000_000];
  return quick ? [10_000, 30_000] : [10_000, 30_000, 100_000];
}

const file = '/proc/net/ip_vs_conn';
const service = 'udp://10.0.0.1:53';
const dests = 100;
/** Seconds: connections must outlive the whole run. */
const lifetime = 1_000_000;

/**
 * A director whose clients are packets with made-up senders. A dummy device resolves no neighbours
 * and drops what it sends, so the real servers need not exist.
 */
async function prepareDirector() {
  const ip = (/** @type {string} */ words) => tool('ip', words.split(' '));
  ip('link add bench0 type dummy');
  ip('address add 10.0.0.1/16 dev bench0');
  ip('link set bench0 up');
  const names = Array.from({ length: dests }, (_, index) => `10.0.1.${index + 1}:53`);
  await withIpvs('', async (ipvs) => {
    await ipvs.setTimeouts({ udp: lifetime });
    await ipvs.addService({ protocol: 'udp', address: '10.0.0.1', port: 53, scheduler: 'rr' });
    await Promise.all(names.map((name) => ipvs.addDest(service, name)));
  });
}

/**
 * Makes connections until there are so many. Clients are numbered from the first on, so those that
 * are there already are only refreshed.
 * @param {number} count
 */
function makeConnections(count) {
  floor(['connections', count]);
}

/**
 * @param {number} count
 * @param {{ filtered: boolean, times: number, toolTimes: number }} how
 * @returns {Promise<Row>}
 */
async function listing(count, { filtered, times, toolTimes }) {
  const costs = await compare(
    {
      library: { times, run: () => readInOwnProcess(filtered, count) },
      floor: { times, run: () => floor(['read', file]) },
      ...(toolTimes > 0 && { tool: { times: toolTimes, run: () => tool('ipvsadm', ['-Lnc']) } }),
    },
    0,
  );
  const { growth, stall } = readInOwnProcess(filtered, count, '--watch');
  const title = filtered ? 'for await, filter keeps 1 %' : 'for await';
  return {
    group: `connections, ${title}`,
    title: `${title}, ${count.toLocaleString('en')} connections`,
    operations: count,
    size: count,
    floorName: 'cat',
    toolName: 'ipvsadm -Lnc',
    most: { floor: filtered ? 1.15 : 1.8 },
    ...costs,
    growth,
    stall,
  };
}

/**
 * @typedef {import('../lib/measure.mjs').Cost & { rows: number, growth?: number, stall?: number }} Reading
 * @param {boolean} filtered
 * @param {number} count
 * @param {...string} options
 * @returns {Reading}
 */
function readInOwnProcess(filtered, count, ...options) {
  const program = path.join(import.meta.dirname, '../lib/read-connections.mjs');
  const filter = filtered ? { dest: '10.0.1.1' } : {};
  const args = [...process.execArgv, program, JSON.stringify(filter), ...options];
  const reading = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  const wanted = filtered ? count / dests : count;
  if (reading.rows !== wanted) throw new Error(`${reading.rows} connections instead of ${wanted}`);
  return reading;
}
