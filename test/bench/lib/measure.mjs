// @ts-check
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const programs = path.resolve(import.meta.dirname, '../../../build/bench');

/** @typedef {import('./cost.mjs').Cost} Cost */

/** A young generation that no row fills: V8 keeps its pages, and what was allocated can be counted. */
const roomyFlags = ['--min-semi-space-size=32', '--max-semi-space-size=32'];

/**
 * The library at one kind of work, once with Node as it is and once with a large young generation: two
 * contestants, each in a process of its own that lives until `end`.
 * @param {string} module of works/
 * @param {string} name what it exports
 */
export function libraryAt(module, name) {
  const plain = startWorker(module, []);
  const roomy = startWorker(module, roomyFlags);
  return {
    /** @param {unknown} [argument] */
    run: (argument) => plain.run(name, argument),
    /** @param {unknown} [argument] */
    runRoomy: (argument) => roomy.run(name, argument),
    end: () => {
      plain.end();
      roomy.end();
    },
  };
}

/** @param {string} module @param {string[]} execArgv */
function startWorker(module, execArgv) {
  const child = fork(path.join(import.meta.dirname, 'worker.mjs'), [module], { execArgv });
  return {
    /** @param {string} name @param {unknown} argument @returns {Promise<Cost>} */
    run: async (name, argument) => {
      child.send({ name, argument });
      const [{ cost, error }] = await once(child, 'message');
      if (cost === undefined) throw new Error(`${module}: ${name}: ${error}`);
      return cost;
    },
    end: () => child.disconnect(),
  };
}

/**
 * Runs work of floor.c, which measures itself.
 * @param {readonly (string | number)[]} words
 * @param {string} [netns]
 * @returns {Cost & { count: number }}
 */
export const floor = (words, netns) => program('floor', words, netns);

/**
 * Runs a program in C that measures itself.
 * @param {string} name
 * @param {readonly (string | number)[]} words
 * @param {string} [netns]
 * @returns {Cost & { count: number }}
 */
export function program(name, words, netns) {
  const env = netns === undefined ? {} : { NETNS: netns };
  const text = execFileSync(`${programs}/${name}`, words.map(String), { encoding: 'utf8', env });
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
 * Warms the contestants up and then runs them in turns, so that whatever else the machine does meets all of them,
 * and returns the median of each. `best` is the shortest run, `first` the very first one.
 * @param {Record<string, { run: () => Cost | Promise<Cost>, times: number, warmUps?: number } | undefined>} contestants
 *   `warmUps` is how many runs are not counted: the first ones measure V8's compilers and the growth of its heap
 * @returns {Promise<Record<string, Cost & { best: number, first: number }>>}
 */
export async function compare(contestants) {
  /** @type {Record<string, Cost & { best: number, first: number }>} */
  const medians = {};
  const taking = Object.entries(contestants).flatMap(([name, contestant]) =>
    contestant === undefined
      ? []
      : [{ name, warmUps: 0, ...contestant, costs: /** @type {Cost[]} */ ([]) }],
  );
  for (const { run, warmUps, costs } of taking) {
    while (costs.length < warmUps) costs.push(await run());
  }
  const rounds = Math.max(...taking.map(({ times }) => times));
  for (let round = 0; round < rounds; round++) {
    for (const { run, times, costs } of taking) {
      if (round < times) costs.push(await run());
    }
  }
  for (const { name, costs, warmUps } of taking) {
    const counted = costs.slice(warmUps);
    const best = Math.min(...counted.map(({ wall }) => wall));
    medians[name] = { ...medianCost(counted), best, first: costs[0]?.wall ?? 0 };
  }
  return medians;
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
