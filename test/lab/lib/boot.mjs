import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createJob, readResult } from './job.mjs';
import { excerpt, troubleIn } from './kernel-log.mjs';
import { machineCommand } from './machine.mjs';
import { EXIT, complain, say } from './report.mjs';
import { Tail } from './tail.mjs';

const POLL = 20; // milliseconds

/**
 * Runs one command on a kernel and streams its output.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {import('./job.mjs').Request} request
 * @param {{ timeout: number, memory: string, allowWarnings: boolean }} options timeout in seconds
 * @returns {Promise<number>} the command's exit status, or the lab's own
 */
export async function runJob(kernel, request, { timeout, memory, allowWarnings }) {
  const begin = Date.now();
  const job = createJob(kernel, request);
  const machine = start(kernel, job, memory);
  const release = killOnSignal(machine, job);
  const tails = [
    new Tail(join(job, 'output'), process.stdout),
    new Tail(join(job, 'errors'), process.stderr),
  ];
  try {
    let expired = false;
    while (machine.running && !expired) {
      await Promise.race([machine.ended, sleep(POLL)]);
      for (const tail of tails) await tail.copy();
      expired = machine.running && Date.now() - begin > timeout * 1000;
    }
    machine.kill();
    await machine.ended;
    for (const tail of tails) await tail.copy();
    const log = readFileSync(join(job, 'kernel.log'), 'utf8');
    tell(kernel.name, job, begin);
    return verdict({ job, log, timeout, expired, allowWarnings });
  } finally {
    for (const tail of tails) tail.close();
    release();
    rmSync(job, { recursive: true, force: true });
  }
}

/**
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {string} job
 * @param {string} memory
 */
function start(kernel, job, memory) {
  const [program, ...args] = machineCommand(kernel, job, { memory });
  const log = openSync(join(job, 'kernel.log'), 'a');
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH },
  });
  closeSync(log);
  const machine = {
    running: true,
    /** @type {Promise<void>} */
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => {
        machine.running = false;
        resolve();
      });
    }),
    kill() {
      if (!machine.running) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    },
  };
  return machine;
}

/**
 * @param {{ kill(): void }} machine
 * @param {string} job
 */
function killOnSignal(machine, job) {
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    machine.kill();
    rmSync(job, { recursive: true, force: true });
    process.exit(128 + constants.signals[signal]);
  };
  const brokenPipe = () => stop('SIGPIPE');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', brokenPipe);
  return () => {
    for (const signal of signals) process.off(signal, stop);
    for (const stream of [process.stdout, process.stderr]) stream.off('error', brokenPipe);
  };
}

/**
 * @param {{ job: string, log: string, timeout: number, expired: boolean, allowWarnings: boolean }} run
 * @returns {number}
 */
function verdict({ job, log, timeout, expired, allowWarnings }) {
  if (expired) {
    const what = existsSync(join(job, 'started')) ? 'the command runs' : 'the kernel still boots';
    complain(`${what} after ${timeout} s, which is the time limit: killed\n${excerpt(log)}`);
    return EXIT.timeLimit;
  }
  const status = readResult(job, 'status');
  if (status === undefined) {
    const why = readResult(job, 'failure') ?? 'the kernel went down before the command ended';
    complain(`${why}\n${excerpt(log)}`);
    return EXIT.lab;
  }
  const trouble = troubleIn(log);
  if (trouble.length > 0 && !allowWarnings) {
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
function tell(name, job, begin) {
  const started = join(job, 'started');
  if (!existsSync(started)) return;
  const booted = statSync(started).mtimeMs;
  const seconds = (/** @type {number} */ span) => (span / 1000).toFixed(1);
  say(`${name}: up after ${seconds(booted - begin)} s, all done after ${seconds(Date.now() - begin)} s`);
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
