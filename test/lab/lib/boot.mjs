import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createJob, readResult } from './job.mjs';
import { excerpt, troubleIn } from './kernel-log.mjs';
import { startMachine } from './machine.mjs';
import { complain, EXIT, say } from './report.mjs';
import { Stop } from './stop.mjs';
import { Tail } from './tail.mjs';
import { rememberTerminal } from './terminal.mjs';

const POLL = 20; // milliseconds

/**
 * Runs one command on a kernel, with its output streamed to ours or on our terminal.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {import('./job.mjs').Request} request
 * @param {{ timeout?: number, memory: string, cpu?: string, allowWarnings: boolean }} options
 *   timeout in seconds
 * @returns {Promise<number>} the command's exit status, or the lab's own
 */
export async function runJob(kernel, request, { timeout, memory, cpu, allowWarnings }) {
  const begin = Date.now();
  const stop = new Stop(timeout);
  const job = createJob(kernel, request);
  const tails = request.terminal
    ? []
    : [
        new Tail(join(job, 'output'), process.stdout),
        new Tail(join(job, 'errors'), process.stderr),
      ];
  const restoreTerminal = request.terminal ? rememberTerminal() : undefined;
  try {
    const terminal = Boolean(request.terminal);
    const machine = startMachine(kernel, job, { memory, terminal, ...(cpu && { cpu }) });
    while (machine.running && stop.status === undefined) {
      await Promise.race([machine.ended, stop.asked, sleep(POLL)]);
      for (const tail of tails) tail.copy();
    }
    if (machine.running) machine.kill();
    await machine.ended;
    restoreTerminal?.();
    for (const tail of tails) tail.copy();
    tellTimes(kernel.name, job, begin);
    return verdict(job, { timeout, stopped: stop.status, allowWarnings });
  } finally {
    for (const tail of tails) tail.close();
    stop.release();
    rmSync(job, { recursive: true, force: true });
  }
}

/**
 * @param {string} job
 * @param {{ timeout: number | undefined, stopped: number | undefined, allowWarnings: boolean }} run
 * @returns {number}
 */
function verdict(job, { timeout, stopped, allowWarnings }) {
  const log = readFileSync(join(job, 'kernel.log'), 'utf8');
  if (stopped !== undefined) {
    const what = existsSync(join(job, 'started')) ? 'the command runs' : 'the kernel still boots';
    if (stopped === EXIT.timeLimit) {
      complain(`${what} after ${timeout} s, which is the time limit: killed\n${excerpt(log)}`);
    }
    return stopped;
  }
  const status = readResult(job, 'status');
  if (status === undefined) {
    const why = readResult(job, 'failure') ?? 'the kernel went down before the command ended';
    complain(`${why}\n${excerpt(log)}`);
    return EXIT.lab;
  }
  if (troubleIn(log) && !allowWarnings) {
    complain(`the kernel complained:\n${excerpt(log)}`);
    return Number(status) || EXIT.lab;
  }
  return Number(status);
}

/**
 * @param {string} name
 * @param {string} job
 * @param {number} begin
 */
function tellTimes(name, job, begin) {
  const started = join(job, 'started');
  if (!existsSync(started)) return;
  const seconds = (/** @type {number} */ time) => ((time - begin) / 1000).toFixed(1);
  const up = seconds(statSync(started).mtimeMs);
  say(`${name}: up after ${up} s, all done after ${seconds(Date.now())} s`);
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
