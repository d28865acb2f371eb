// @ts-check
// The part of the benchmark that runs inside a kernel: guest.mjs RESULT-FILE --quick|--full [ROWS]. Takes all measurements there
// and writes them down.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compare, libraryAt, price } from './lib/measure.mjs';

/** @typedef {import('./lib/row.mjs').Row} Row */

const [, , resultFile = '', option, only = ''] = process.argv;
const quick = option === '--quick';
const files = ['objects', 'single', 'addresses', 'rules', 'connections', 'capture'];

spawnSync('modprobe', ['ip_vs', 'conn_tab_bits=20'], { stdio: 'ignore' });
const kernel = process.env['LVS_LAB_KERNEL'] ?? '';
const release = os.release();
const emulated = kernel.startsWith('stock');
/** @type {import('./lib/row.mjs').Conditions} */
const conditions = {
  kernel,
  quick,
  times: quick || emulated ? 3 : 5,
  hasIpvs: existsSync('/proc/net/ip_vs'),
  restarts: Number.parseFloat(release) < 7,
  emulated,
};

/** @param {string} name @returns {Row[]} */
function take(name) {
  const file = path.join(import.meta.dirname, 'rows', `${name}.mjs`);
  const runner = path.join(import.meta.dirname, 'lib/run-rows.mjs');
  const part = `${resultFile}.part`;
  const args = [runner, file, JSON.stringify(conditions), part];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
  return JSON.parse(readFileSync(part, 'utf8'));
}

/** Seconds that Node itself takes to ask a thread and to hear from it: fs.fstat() of an open file. */
async function nodeRoundTrip() {
  const node = libraryAt('handles.mjs', 'askNode');
  const { tool } = await compare({ tool: { times: 5, warmUps: 3, run: () => node.run() } });
  node.end();
  return (tool?.wall ?? Number.NaN) / 500;
}

const prices = {
  roundTrip: await nodeRoundTrip(),
  wakeUp: price('wake'),
  call: price('call'),
  fault: price('fault'),
};
const rows = files.filter((name) => only === '' || only === name).flatMap(take);
const environment = { release, node: process.version, processors: os.availableParallelism() };
writeFileSync(resultFile, JSON.stringify({ ...environment, quick, ...prices, rows }, null, 1));
