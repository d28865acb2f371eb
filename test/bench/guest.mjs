// @ts-check
// The part of the benchmark that runs inside a kernel: guest.mjs RESULT-FILE [--quick]. Takes all measurements there
// and writes them down.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nodeRoundTrip, price } from './lib/measure.mjs';

/** @typedef {import('./lib/row.mjs').Row} Row */

const [, , resultFile = '', option] = process.argv;
const quick = option === '--quick';
const files = ['objects', 'single', 'addresses', 'connections'];

/** A young generation that no row fills: V8 keeps its pages, and what was allocated can be counted. */
const roomyFlags = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

spawnSync('modprobe', ['ip_vs', 'conn_tab_bits=20'], { stdio: 'ignore' });
const kernel = process.env['LVS_LAB_KERNEL'] ?? '';
const release = os.release();
const emulated = kernel.startsWith('stock');
/** @type {import('./lib/row.mjs').Conditions} */
const conditions = {
  kernel,
  quick,
  times: quick || emulated ? 3 : 7,
  hasIpvs: existsSync('/proc/net/ip_vs'),
  restarts: Number.parseFloat(release) < 7,
  emulated,
};

/**
 * @param {string} name
 * @param {readonly string[]} flags
 * @param {Record<string, string>} [environment]
 * @returns {Row[]}
 */
function take(name, flags, environment = {}) {
  const file = path.join(import.meta.dirname, 'rows', `${name}.mjs`);
  const runner = path.join(import.meta.dirname, 'lib/run-rows.mjs');
  const part = `${resultFile}.part`;
  const args = [...flags, runner, file, JSON.stringify(conditions), part];
  const env = { ...process.env, ...environment };
  execFileSync(process.execPath, args, { stdio: 'inherit', env });
  return JSON.parse(readFileSync(part, 'utf8'));
}

/** @param {string} name */
function takeTwice(name) {
  const rows = take(name, []);
  if (rows.length === 0) return rows;
  console.log('  the library again, with a large young generation');
  const again = take(name, roomyFlags, { BENCH_LIBRARY_ONLY: '1' });
  return rows.map((row) => {
    const other = again.find(({ title }) => title === row.title);
    return other?.library === undefined ? row : { ...row, roomy: other.library };
  });
}

const prices = {
  roundTrip: await nodeRoundTrip(),
  wakeUp: price('wake'),
  call: price('call'),
  fault: price('fault'),
};
const rows = files.flatMap(takeTwice);
const environment = { release, node: process.version, processors: os.availableParallelism() };
writeFileSync(resultFile, JSON.stringify({ ...environment, quick, ...prices, rows }, null, 1));
