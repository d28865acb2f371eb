// @ts-check
// Reading the connection table through the library. `watch` also tells how much the process grew, and its longest
// stall: watching takes time itself.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cost } from '../lib/cost.mjs';
import { withIpvs } from '../lib/handle.mjs';
import { profile } from '../lib/profile.mjs';

/** @typedef {import('../../../dist/index.js').ConnectionOptions} Filter */

/** Milliseconds. */
const sampleEvery = 20;
const resolution = 1;

/** @param {{ filter: Filter, rows: number }} what */
export function list({ filter, rows }) {
  return withIpvs('', (ipvs) => cost(() => walk(ipvs, filter, rows)));
}

/** @param {{ filter: Filter, rows: number }} what */
export async function profileListing(what) {
  return { wall: 0, cpu: 0, profile: await profile(() => list(what)) };
}

/** @param {{ rows: number }} what */
export function count({ rows }) {
  return withIpvs('', (ipvs) =>
    cost(async () => {
      const counts = await ipvs.countConnections({ by: ['dest', 'state'] });
      const total = counts.reduce((sum, { count: number }) => sum + number, 0);
      if (total !== rows) throw new Error(`${total} connections instead of ${rows}`);
    }),
  );
}

/** @param {{ filter: Filter, rows: number }} what */
export async function watch({ filter, rows }) {
  const before = process.memoryUsage.rss();
  let largest = before;
  const sampling = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss());
  }, sampleEvery);
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  await withIpvs('', (ipvs) => walk(ipvs, filter, rows));
  delay.disable();
  clearInterval(sampling);
  return { wall: 0, cpu: 0, growth: largest - before, stall: delay.max / 1e9 - resolution / 1e3 };
}

/** @param {import('../../../dist/index.js').Ipvs} ipvs @param {Filter} filter @param {number} wanted */
async function walk(ipvs, filter, wanted) {
  let rows = 0;
  for await (const connection of ipvs.listConnections(filter)) if (connection.expires >= 0) rows++;
  if (rows !== wanted) throw new Error(`${rows} connections instead of ${wanted}`);
}
