// @ts-check
// The connection table: reading all of it, and one row in a hundred.
import { existsSync } from 'node:fs';
import { withIpvs } from '../lib/handle.mjs';
import { compare, floor, libraryAt, tool } from '../lib/measure.mjs';

/** @typedef {import('../lib/row.mjs').Row} Row */

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ hasIpvs, restarts, quick, emulated }) {
  if (!hasIpvs) return;
  if (!existsSync('/sys/class/net/bench0')) await prepareDirector();
  for (const size of sizesFor(restarts, quick, emulated)) {
    makeConnections(size);
    const many = size > (restarts ? 30_000 : 100_000);
    const times = many ? 1 : quick ? 2 : 5;
    const listings = { times, toolTimes: many ? 0 : 1 };
    yield await listing(size, { filtered: false, ...listings });
    yield await listing(size, { filtered: true, ...listings, toolTimes: 0 });
    yield await counting(size, times);
  }
}

/** @param {boolean} restarts @param {boolean} quick @param {boolean} emulated */
function sizesFor(restarts, quick, emulated) {
  if (emulated) return [100_000];
  if (!restarts) return [10_000, 100_000, 1_000_000];
  return quick ? [3000, 10_000] : [10_000, 30_000, 100_000];
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
  const library = libraryAt('connections.mjs', 'list');
  const what = filtered
    ? { filter: { dest: '10.0.1.1' }, rows: count / dests }
    : { filter: {}, rows: count };
  const isMany = count > 100_000;
  const isSlow = times === 1;
  const costs = await compare({
    library: { times, warmUps: isSlow ? 0 : 1, run: () => library.run(what) },
    roomy: isMany || isSlow ? undefined : { times, warmUps: 1, run: () => library.runRoomy(what) },
    floor: { times, run: () => floor(['read', file]) },
    tool: toolTimes > 0 ? { times: toolTimes, run: () => tool('ipvsadm', ['-Lnc']) } : undefined,
  });
  library.end();
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
    ...(await watched(what)),
    profile: isMany && !filtered ? await profiled(what) : undefined,
  };
}

/** @param {number} count @param {number} times @returns {Promise<Row>} */
async function counting(count, times) {
  const library = libraryAt('connections.mjs', 'count');
  const costs = await compare({
    library: { times, warmUps: times === 1 ? 0 : 1, run: () => library.run({ rows: count }) },
    floor: { times, run: () => floor(['read', file]) },
  });
  library.end();
  return {
    group: 'connections, countConnections by dest and state',
    title: `countConnections by dest and state, ${count.toLocaleString('en')} connections`,
    operations: count,
    size: count,
    floorName: 'cat',
    most: { floor: 1.15 },
    ...costs,
  };
}

/** Bytes that the process grew by, and seconds of its longest stall. @param {unknown} what */
async function watched(what) {
  const library = libraryAt('connections.mjs', 'watch');
  const { growth, stall } = await library.run(what);
  library.end();
  return { growth, stall };
}

/** @param {unknown} what */
async function profiled(what) {
  const worker = libraryAt('connections.mjs', 'profileListing');
  const { profile } = await worker.run(what);
  worker.end();
  return profile;
}
