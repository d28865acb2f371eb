// @ts-check
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const programs = path.resolve(import.meta.dirname, '../../../build/bench');

/**
 * What one run of something cost.
 * @typedef {object} Cost
 * @property {number} wall seconds
 * @property {number} cpu seconds, of all threads, in and out of the kernel
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
  const [wall = 0, cpu = 0, count = 0] = text.trim().split(' ').map(Number);
  return { wall, cpu, count };
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

/**
 * @param {() => unknown} work
 * @returns {Promise<Cost>}
 */
export async function cost(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1e6 };
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
  return { wall: median(costs.map((c) => c.wall)), cpu: median(costs.map((c) => c.cpu)) };
}

/**
 * Runs the contestants in turns, so that whatever else the machine does meets all of them, and
 * returns the median of each.
 * @param {Record<string, { run: () => Cost | Promise<Cost>, times: number }>} contestants
 * @returns {Promise<Record<string, Cost & { first: number }>>}
 */
export async function compare(contestants) {
  const entries = Object.entries(contestants);
  /** @type {Map<string, Cost[]>} */
  const costs = new Map(entries.map(([name]) => [name, []]));
  const rounds = Math.max(...entries.map(([, { times }]) => times));
  for (let round = 0; round < rounds; round++) {
    for (const [name, { run, times }] of entries) {
      if (round < times) costs.get(name)?.push(await run());
    }
  }
  return Object.fromEntries(
    [...costs].map(([name, all]) => [name, { ...medianCost(all), first: all[0]?.wall ?? 0 }]),
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
