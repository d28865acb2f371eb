// @ts-check
import { execFileSync } from 'node:child_process';
import { fstat } from 'node:fs';
import path from 'node:path';

const programs = path.resolve(import.meta.dirname, '../../../build/bench');

/** This process measures the library alone: with other flags of node, nothing else is different. */
export const libraryOnly = process.env['BENCH_LIBRARY_ONLY'] === '1';

/**
 * What one run of something cost.
 * @typedef {object} Cost
 * @property {number} wall seconds
 * @property {number} cpu seconds, of all threads, in and out of the kernel
 * @property {number} [faults] pages of memory touched for the first time
 * @property {number} [switches] times that a thread of the process waited
 * @property {number} [allocated] bytes by which the heap grew; what was allocated, where nothing was collected
 */

/**
 * Runs work of floor.c, which measures itself.
 * @param {readonly (string | number)[]} words
 * @param {string} [netns]
 * @returns {Cost & { count: number }}
 */
export function floor(words, netns) {
  const env = netns === undefined ? {} : { NETNS: netns };
  const text = execFileSync(`${programs}/floor`, words.map(String), { encoding: 'utf8', env });
  const [wall = 0, cpu = 0, count = 0, faults = 0, switches = 0] = text
    .trim()
    .split(' ')
    .map(Number);
  return { wall, cpu, count, faults, switches };
}

/**
 * Seconds that one of them takes on this kernel, as prices.c measures it.
 * @param {'wake' | 'call' | 'fault'} what
 */
export function price(what) {
  const samples = Array.from({ length: 5 }, () => {
    return Number(execFileSync(`${programs}/prices`, [what, '5000'], { encoding: 'utf8' }));
  });
  return median(samples);
}

/** Seconds that Node itself takes to ask a thread and to hear from it: fs.fstat() of an open file. */
export async function nodeRoundTrip() {
  const count = 2000;
  const samples = [];
  for (let i = 0; i < 5; i++) {
    const { wall } = await cost(async () => {
      for (let j = 0; j < count; j++) await new Promise((resolve) => fstat(0, resolve));
    });
    samples.push(wall / count);
  }
  return median(samples);
}

/**
 * @param {() => unknown} work
 * @returns {Promise<Cost>}
 */
export async function cost(work) {
  const heap = process.memoryUsage().heapUsed;
  const before = process.resourceUsage();
  const start = performance.now();
  await work();
  const wall = (performance.now() - start) / 1e3;
  const after = process.resourceUsage();
  const micros =
    after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
  return {
    wall,
    cpu: micros / 1e6,
    faults: after.minorPageFault - before.minorPageFault,
    switches: after.voluntaryContextSwitches - before.voluntaryContextSwitches,
    allocated: process.memoryUsage().heapUsed - heap,
  };
}

/**
 * A spawned program's cost: what it takes from its start to its end. Its processor time is not asked for.
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 * @returns {Cost}
 */
export function tool(command, args, input = '') {
  const start = performance.now();
  execFileSync(command, args, { input, stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 2 ** 30 });
  return { wall: (performance.now() - start) / 1e3, cpu: 0 };
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/**
 * @param {readonly Cost[]} costs
 * @returns {Cost}
 */
function medianCost(costs) {
  /** @param {(cost: Cost) => number | undefined} of */
  const middle = (of) => median(costs.map((one) => of(one) ?? 0));
  return {
    wall: middle((one) => one.wall),
    cpu: middle((one) => one.cpu),
    faults: middle((one) => one.faults),
    switches: middle((one) => one.switches),
    allocated: middle((one) => one.allocated),
  };
}

/**
 * Runs the contestants in turns, so that whatever else the machine does meets all of them, and
 * returns the median of each. The library warms up first; `first` is its very first run.
 * @param {Record<string, { run: () => Cost | Promise<Cost>, times: number }>} contestants
 * @param {number} [warmUps] rounds of the library that are run and not counted: the first ones measure V8's compilers
 *   and the growth of its heap
 * @returns {Promise<Record<string, Cost & { first: number }>>}
 */
export async function compare(contestants, warmUps = 4) {
  const entries = Object.entries(contestants).filter(
    ([name]) => name === 'library' || !libraryOnly,
  );
  /** @type {Map<string, number>} */
  const firsts = new Map();
  for (let i = 0; i < warmUps; i++) {
    const { wall } = (await contestants['library']?.run()) ?? { wall: 0 };
    if (i === 0) firsts.set('library', wall);
  }
  /** @type {Map<string, Cost[]>} */
  const costs = new Map(entries.map(([name]) => [name, []]));
  const rounds = Math.max(...entries.map(([, { times }]) => times));
  for (let round = 0; round < rounds; round++) {
    for (const [name, { run, times }] of entries) {
      if (round < times) costs.get(name)?.push(await run());
    }
  }
  return Object.fromEntries(
    [...costs].map(([name, all]) => [
      name,
      { ...medianCost(all), first: firsts.get(name) ?? all[0]?.wall ?? 0 },
    ]),
  );
}

/**
 * The exponent of cost against size, from the smallest and the largest size.
 * @param {readonly { size: number, seconds: number }[]} points
 */
export function exponent(points) {
  const sorted = [...points].sort((a, b) => a.size - b.size);
  const [small, large] = [sorted.at(0), sorted.at(-1)];
  if (!small || !large || small.size === large.size) return Number.NaN;
  return Math.log(large.seconds / small.seconds) / Math.log(large.size / small.size);
}
