#!/usr/bin/env node
// @ts-check
// `npm run test:fuzz`: every parser of what the kernel says under libFuzzer with AddressSanitizer and
// UndefinedBehaviorSanitizer. `--seconds N` is for each target (default: 20), two run side by side;
// `npm run test:fuzz -- --seconds 3600 route` fuzzes one for an hour. `--collect` takes new seeds from
// the kernels of the lab instead. What was found interesting stays in build/fuzz/corpus.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

/**
 * @typedef {object} Target
 * @property {string} name
 * @property {string} parses
 * @property {string} kernel that its seeds are from
 */

/** @type {readonly Target[]} */
const targets = [
  { name: 'ipvs', parses: 'generic netlink: IPVS, family look-up', kernel: 'uml-6.1' },
  { name: 'route', parses: 'rtnetlink: listings and events', kernel: 'uml-6.1' },
  { name: 'netfilter', parses: 'nf_tables rules, conntrack', kernel: 'host' },
  { name: 'connections', parses: '/proc/net/ip_vs_conn, …_sync', kernel: 'uml-6.1' },
  { name: 'xtables', parses: 'ip_tables and ip6_tables blobs', kernel: 'uml-6.1' },
  { name: 'capture', parses: 'ring headers and frames', kernel: 'uml-6.1' },
];

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'build/fuzz');
const seeds = path.join(import.meta.dirname, 'seeds');
const largestInput = 16_384;
const sideBySide = 2;

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? `exit status ${status}`}`);
}

/** @param {Target} target */
function collect({ name, kernel }) {
  const inside = ['python3', 'test/fuzz/collect.py', name, seeds];
  run(process.execPath, ['test/lab/run.mjs', '--kernel', kernel, '--', ...inside]);
}

/**
 * @typedef {object} Outcome
 * @property {Target} target
 * @property {boolean} good
 * @property {number} inputs
 * @property {number} edges of the program that were reached
 * @property {string} output
 */

/**
 * @param {Target} target
 * @param {number} seconds
 * @returns {Promise<Outcome>}
 */
async function fuzz(target, seconds) {
  const { name } = target;
  const corpus = path.join(folder, 'corpus', name);
  mkdirSync(corpus, { recursive: true });
  mkdirSync(path.join(folder, 'crashes'), { recursive: true });
  const child = spawn(
    path.join(folder, name),
    [
      `-max_total_time=${seconds}`,
      `-max_len=${largestInput}`,
      '-timeout=10',
      '-rss_limit_mb=2048',
      '-print_final_stats=1',
      `-artifact_prefix=${folder}/crashes/${name}-`,
      ...[corpus, path.join(seeds, name)],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.on('data', (data) => {
    output = (output + data).slice(-60_000);
  });
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const inputs = Number(/number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0);
  const edges = Number([...output.matchAll(/cov: (\d+)/g)].at(-1)?.[1] ?? 0);
  return { target, good: status === 0 && inputs > 0, inputs, edges, output };
}

/** @param {readonly Outcome[]} outcomes @param {number} seconds */
function print(outcomes, seconds) {
  console.log('\n| target      | parses                                 |     inputs | edges |');
  console.log('| ----------- | -------------------------------------- | ---------: | ----: |');
  for (const { target, inputs, edges, good, output } of outcomes) {
    const cells = [
      target.name.padEnd(11),
      target.parses.padEnd(38),
      inputs.toLocaleString('en').padStart(10),
      String(edges).padStart(5),
    ];
    console.log(`| ${cells.join(' | ')} |`);
    if (!good) console.error(`${output}\nFAILED: ${target.name}`);
  }
  const total = outcomes.reduce((sum, { inputs }) => sum + inputs, 0);
  console.log(`\n${total.toLocaleString('en')} inputs, ${seconds} s for each target`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '20' },
    collect: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const known = targets.map(({ name }) => name);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0 || !(seconds > 0)) {
  console.error(`usage: npm run test:fuzz -- [--seconds N] [--collect] [${known.join(' | ')} …]`);
  process.exit(2);
}
const wanted = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

if (values.collect) {
  for (const target of wanted) collect(target);
  process.exit();
}
run(process.execPath, ['test/lab/prepare.mjs', 'build', 'fuzz']);
run('make', ['-s', '-f', 'test/fuzz/Makefile', `-j${sideBySide}`]);

const waiting = [...wanted];
/** @type {Outcome[]} */
const outcomes = [];
async function takeTurns() {
  for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
    if (readdirSync(path.join(seeds, target.name)).length === 0) throw new Error('no seeds');
    outcomes.push(await fuzz(target, seconds));
  }
}
await Promise.all(Array.from({ length: sideBySide }, takeTurns));

print(outcomes, seconds);
const failed = outcomes.filter(({ good }) => !good).length;
console.log(`${outcomes.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
