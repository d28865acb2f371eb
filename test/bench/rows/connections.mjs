// @ts-check
// The connection table: reading all of it, one row in a hundred, counting, and a sample.
import { existsSync } from 'node:fs';
import { perRound } from '../lib/cost.mjs';
import { withIpvs } from '../lib/handle.mjs';
import { compare, floor, libraryAt, tool } from '../lib/measure.mjs';

/** @typedef {import('../lib/row.mjs').Row} Row */

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows(conditions) {
  const { hasIpvs, restarts, quick } = conditions;
  if (!hasIpvs) return;
  if (!existsSync('/sys/class/net/bench0')) await prepareDirector();
  const listed = sizesFor(conditions);
  const sampled = sampledSizes(conditions);
  const sizes = [...new Set([...listed, ...sampled])].sort((a, b) => a - b);
  for (const size of sizes) {
    makeConnections(size);
    if (listed.includes(size)) yield* reading(size, restarts, quick);
    if (sampled.includes(size)) yield await sampling(size);
  }
}

/** @param {number} size @param {boolean} restarts @param {boolean} quick */
async function* reading(size, restarts, quick) {
  const isSlow = restarts && size > 30_000;
  const times = isSlow ? 1 : quick ? 2 : 5;
  const warmUps = isSlow ? 0 : restarts ? 3 : Math.ceil(warmUpRows / Math.max(size, roundsOf));
  const how = { times, warmUps, restarts, rounds: restarts ? 1 : Math.ceil(roundsOf / size) };
  yield await listing(size, { filtered: false, ...how });
  yield await listing(size, { filtered: true, ...how });
  yield await counting(size, how);
}

/** Rows that are read at a time at least. */
const roundsOf = 100_000;
/** Rows after which V8 has compiled what it will. */
const warmUpRows = 2_000_000;

/** @param {import('../lib/row.mjs').Conditions} conditions */
function sizesFor({ restarts, quick, emulated }) {
  if (emulated) return [100_000];
  if (!restarts) return [10_000, 100_000, 1_000_000];
  return quick ? [10_000, 30_000] : [10_000, 30_000, 100_000];
}

/** @param {import('../lib/row.mjs').Conditions} conditions */
function sampledSizes({ restarts, quick, emulated }) {
  if (emulated) return [];
  return restarts && quick ? [30_000, 100_000] : [100_000, 1_000_000];
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
 * @typedef {object} How
 * @property {number} times
 * @property {number} warmUps
 * @property {boolean} restarts
 * @property {number} rounds
 */

/** @param {number} rounds */
const readInRounds = (rounds) => perRound(floor(['read', file, rounds]), rounds);

/**
 * @param {number} count
 * @param {How & { filtered: boolean }} how
 * @returns {Promise<Row>}
 */
async function listing(count, { filtered, times, warmUps, restarts, rounds }) {
  const library = libraryAt('connections.mjs', 'list');
  const work = filtered
    ? { filter: { dest: '10.0.1.1' }, rows: count / dests }
    : { filter: {}, rows: count };
  const what = { ...work, rounds };
  const isMany = count > 100_000;
  const isSlow = times === 1;
  const costs = await compare({
    library: { times, warmUps, run: () => library.run(what) },
    roomy: isMany || isSlow ? undefined : { times, warmUps, run: () => library.runRoomy(what) },
    floor: { times, run: () => readInRounds(rounds) },
    tool:
      isMany || isSlow || filtered ? undefined : { times: 1, run: () => tool('ipvsadm', ['-Lnc']) },
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
    ...(await watched({ ...work, rounds: rounds * warmUps })),
    nodeStall: filtered || (restarts && isSlow) ? undefined : await nodeStall(),
    profile: isMany && !filtered ? await profiled(work) : undefined,
  };
}

/** @param {number} count @param {How} how @returns {Promise<Row>} */
async function counting(count, { times, warmUps, rounds }) {
  const library = libraryAt('connections.mjs', 'count');
  const what = { filter: {}, rows: count, rounds };
  const costs = await compare({
    library: { times, warmUps, run: () => library.run(what) },
    floor: { times, run: () => readInRounds(rounds) },
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

const sample = 10_000;
/** Seconds that plain reading gets beside a sample. */
const patience = 90;

/** @param {number} count @returns {Promise<Row>} */
async function sampling(count) {
  const library = libraryAt('connections.mjs', 'count');
  const run = () => library.run({ filter: { sample }, rows: sample });
  const costs = await compare({ library: { times: 3, warmUps: 1, run } });
  library.end();
  const whole = floor(['read', file, 1, patience]);
  const share = whole.count / (count * rowSize);
  return {
    group: 'connections, countConnections of a sample of 10,000',
    title: `countConnections of a sample of 10,000 of ${count.toLocaleString('en')} connections`,
    operations: 1,
    size: count,
    floorName: share < 1 ? `cat, for ${patience} s` : 'cat of all',
    most: {},
    ...costs,
    floor: { ...whole, best: whole.wall },
    note: share < 1 ? unfinished(whole.wall, share) : undefined,
  };
}

/** Bytes of a row of IPv4. */
const rowSize = 66;

/** @param {number} seconds @param {number} share of the table that was read */
function unfinished(seconds, share) {
  const part = `${(share * 100).toFixed(0)} % of the table after ${seconds.toFixed(0)} s`;
  const guess = (seconds / share ** 2).toFixed(0);
  return `cat had read ${part} and was stopped; time grows with the square, so all of it would take about ${guess} s`;
}

/** Bytes that the process grew by, and seconds of its longest stall. @param {unknown} what */
async function watched(what) {
  const library = libraryAt('connections.mjs', 'watch');
  const { growth, stall } = await library.run(what);
  library.end();
  return { growth, stall };
}

async function nodeStall() {
  const node = libraryAt('connections.mjs', 'watchNode');
  const { stall } = await node.run({ file });
  node.end();
  return stall;
}

/** @param {unknown} what */
async function profiled(what) {
  const worker = libraryAt('connections.mjs', 'profileListing');
  const { profile } = await worker.run(what);
  worker.end();
  return profile;
}
