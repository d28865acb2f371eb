// @ts-check
// Reading the connection table through the library. `watch` also tells how much the process grew, and its longest
// stall: watching takes time itself.
import { open } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cost, perRound } from '../lib/cost.mjs';
import { withIpvs } from '../lib/handle.mjs';
import { profile } from '../lib/profile.mjs';

/**
 * @typedef {import('../../../dist/index.js').ConnectionOptions} Filter
 *
 * @typedef {object} Work
 * @property {Filter} filter
 * @property {number} rows that there have to be
 * @property {number | undefined} [rounds]
 */

/** Milliseconds. */
const sampleEvery = 20;
const resolution = 1;

/** @param {Work} what */
export function list({ filter, rows, rounds }) {
  return inRounds(rounds, (ipvs) => walk(ipvs, filter, rows));
}

/** @param {Work} what */
export async function profileListing(what) {
  return { wall: 0, cpu: 0, profile: await profile(() => list(what)) };
}

/** @param {Work} what */
export function count({ filter, rows, rounds }) {
  return inRounds(rounds, async (ipvs) => {
    const counts = await ipvs.countConnections({ ...filter, by: ['dest', 'state'] });
    const total = counts.reduce((sum, { count: number }) => sum + number, 0);
    if (total !== rows) throw new Error(`${total} connections instead of ${rows}`);
  });
}

/** @param {number | undefined} rounds @param {(ipvs: import('../../../dist/index.js').Ipvs) => Promise<void>} work */
function inRounds(rounds = 1, work) {
  return withIpvs('', async (ipvs) => {
    const all = await cost(async () => {
      for (let round = 0; round < rounds; round++) await work(ipvs);
    });
    return perRound(all, rounds);
  });
}

/** V8's compiler and its growing heap make stalls of their own. @param {Work} what */
export async function watch({ filter, rows, rounds }) {
  const before = process.memoryUsage.rss();
  let largest = before;
  const sampling = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss());
  }, sampleEvery);
  await list({ filter, rows, rounds });
  const stall = await longestStall(() => withIpvs('', (ipvs) => walk(ipvs, filter, rows)));
  clearInterval(sampling);
  return { wall: 0, cpu: 0, growth: largest - before, stall };
}

/** The stall while Node itself reads the file and does nothing with it. @param {{ file: string }} what */
export async function watchNode({ file }) {
  const stall = await longestStall(async () => {
    const handle = await open(file);
    const buffer = Buffer.alloc(64 << 10);
    while ((await handle.read(buffer)).bytesRead > 0);
    await handle.close();
  });
  return { wall: 0, cpu: 0, stall };
}

/** Seconds. @param {() => Promise<void>} work */
async function longestStall(work) {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e9 - resolution / 1e3;
}

/** @param {import('../../../dist/index.js').Ipvs} ipvs @param {Filter} filter @param {number} wanted */
async function walk(ipvs, filter, wanted) {
  let rows = 0;
  for await (const connection of ipvs.listConnections(filter)) if (connection.expires >= 0) rows++;
  if (rows !== wanted) throw new Error(`${rows} connections instead of ${wanted}`);
}
