// @ts-check
// The part of the benchmark that runs inside a kernel: guest.mjs RESULT-FILE [--quick]. Takes all measurements there
// and writes them down.
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { price, tool } from './lib/measure.mjs';
import { listing, makeConnections, prepareDirector } from './rows/connections.mjs';
import { adding, reading } from './rows/objects.mjs';
import { getting, importing, opening } from './rows/single.mjs';

/** @typedef {import('./lib/report.mjs').Row} Row */

const [, , resultFile = '', option] = process.argv;
const quick = option === '--quick';
const times = quick ? 5 : 7;

/** Up to 6.12 the kernel walks the connection table from its start for each page that is read. */
const release = os.release();
const restarts = Number.parseFloat(release) < 7;
const tableSizes = restarts ? [10_000, 30_000, 100_000] : [10_000, 100_000, 1_000_000];

/** @param {number} size */
function listingTimes(size) {
  if (quick) return size > 100_000 ? 1 : 3;
  return restarts && size >= 100_000 ? 3 : 5;
}

/** @type {Row[]} */
const rows = [];

/** @param {Promise<Row>} measuring */
async function take(measuring) {
  const start = performance.now();
  const row = await measuring;
  rows.push(row);
  console.log(`  ${row.title}: done in ${((performance.now() - start) / 1e3).toFixed(1)} s`);
}

async function takeAll() {
  await take(adding(100, 100, { batched: true, times, toolTimes: quick ? 1 : 3 }));
  if (!quick) await take(adding(10, 100, { batched: true, times, toolTimes: 0 }));
  await take(adding(100, 100, { batched: false, times: quick ? 1 : 5, toolTimes: 0 }));
  await take(reading(100, 100, { times, toolTimes: quick ? 1 : 3 }));
  if (!quick) await take(reading(10, 100, { times, toolTimes: 0 }));
  await take(reading(1000, 10, { times, toolTimes: quick ? 1 : 3 }));
  await take(reading(10_000, 1, { times: quick ? 1 : 5, toolTimes: 1 }));
  await take(reading(10, 1000, { times, toolTimes: quick ? 1 : 3 }));
  await take(opening(times));
  await take(getting(times));
  await take(importing(times));
  await prepareDirector();
  for (const size of quick && restarts ? tableSizes.slice(0, 2) : tableSizes) {
    makeConnections(size);
    const listings = { times: listingTimes(size), toolTimes: restarts && size >= 100_000 ? 0 : 1 };
    await take(listing(size, { filtered: false, ...listings }));
    await take(listing(size, { filtered: true, ...listings, toolTimes: 0 }));
  }
}

tool('modprobe', ['ip_vs', 'conn_tab_bits=20']);
const prices = { wakeUp: price('wake'), call: price('call'), fault: price('fault') };
await takeAll();
const environment = { release, node: process.version, processors: os.availableParallelism() };
writeFileSync(resultFile, JSON.stringify({ ...environment, quick, ...prices, rows }, null, 1));
