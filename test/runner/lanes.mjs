// @ts-check
// Runs jobs side by side, as many as there are processors. What a job prints comes in one piece when it has
// ended: two at once would be unreadable.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { announce, root } from '../prepare.mjs';

/**
 * @typedef {object} Outcome
 * @property {string} name
 * @property {string} where
 * @property {number} passed
 * @property {number} failed
 * @property {string} problem
 * @property {string[]} failures
 * @property {number} seconds
 */

/** Beside the limits that jobs have of their own: nothing hangs for ever. */
const LIMIT_SECONDS = 1500;

/**
 * @param {readonly import('./jobs.mjs').Job[]} jobs
 * @returns {Promise<Outcome[]>}
 */
export async function runJobs(jobs) {
  const waiting = jobs.entries();
  /** @type {Outcome[]} */
  const outcomes = [];
  const lane = async (/** @type {number} */ cpu) => {
    for (const [index, job] of waiting) outcomes[index] = await run(job, cpu);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, (_, cpu) => lane(cpu)));
  return outcomes;
}

/**
 * @param {import('./jobs.mjs').Job} job
 * @param {number} cpu that the lab's kernels stay on
 * @returns {Promise<Outcome>}
 */
async function run(job, cpu) {
  console.log(`… ${job.name} starts`);
  const start = performance.now();
  const { status, output } = await capture(job, cpu);
  const seconds = (performance.now() - start) / 1000;
  announce(job.name);
  process.stdout.write(output);
  return { name: job.name, where: job.where(), ...job.count(status, output), seconds };
}

/**
 * @param {import('./jobs.mjs').Job} job
 * @param {number} cpu
 * @returns {Promise<{ status: string, output: string }>}
 */
function capture({ command, args }, cpu) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, LVS_LAB_CPU: String(cpu) },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_SECONDS * 1000,
    });
    /** @type {Buffer[]} */
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => chunks.push(chunk));
    }
    /** @param {string} status */
    const end = (status) => resolve({ status, output: Buffer.concat(chunks).toString() });
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) =>
      end(code === null ? `killed by ${signal}` : String(code)),
    );
  });
}
