// @ts-check
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { isDeepStrictEqual, promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A program's output, in a network namespace.
 * @param {string} netns
 * @param {string} command
 * @param {string[]} args
 */
export async function inNamespace(netns, command, ...args) {
  const words = [`--net=/run/netns/${netns}`, command, ...args];
  const { stdout } = await run('nsenter', words, { maxBuffer: 1 << 26 });
  return stdout;
}

/** @typedef {{ descriptors: number, threads: number, heap: number, resident: number }} Sample */

/** What was done, and what was found wrong. */
export class Tally {
  operations = 0;
  /** By the tool that was compared with. @type {Map<string, number>} */
  comparisons = new Map();
  /** @type {string[]} */
  failures = [];

  /**
   * An operation, and how it has to end: `'done'` or an error's code.
   * @param {string} what
   * @param {string} expected
   * @param {Promise<unknown>} call
   */
  async expect(what, expected, call) {
    this.operations++;
    const ended = await call.then(
      () => 'done',
      (error) => error.code ?? String(error),
    );
    if (ended !== expected) this.fail(`${what}: ${ended}, not ${expected}`);
  }

  /**
   * @param {string} tool
   * @param {string} where
   * @param {readonly string[]} ours sorted
   * @param {readonly string[]} theirs sorted
   */
  compare(tool, where, ours, theirs) {
    this.comparisons.set(tool, (this.comparisons.get(tool) ?? 0) + 1);
    if (isDeepStrictEqual(ours, theirs)) return;
    const only = ours.filter((line) => !theirs.includes(line));
    const missing = theirs.filter((line) => !ours.includes(line));
    this.fail(`${where}: ${tool} does not show [${only}], and shows [${missing}]`);
  }

  /** @param {string} what */
  fail(what) {
    this.failures.push(what.slice(0, 2000));
    console.error(`✗ ${what.slice(0, 2000)}`);
  }
}

/** @returns {Sample} sizes in MiB */
export function sample() {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    heap: (heapUsed + external) / 2 ** 20,
    resident: resident / 1024,
  };
}
