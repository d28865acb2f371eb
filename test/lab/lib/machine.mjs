import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Machine
 * @property {boolean} running
 * @property {Promise<void>} ended when its last process is gone
 * @property {() => void} kill ends it with everything that runs in it
 */

/**
 * Starts the kernel on a job. Its console goes to the job's file kernel.log.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {string} job
 * @param {{ memory: string, terminal: boolean }} options
 * @returns {Machine}
 */
export function startMachine(kernel, job, { memory, terminal }) {
  const [program, ...args] = machineCommand(kernel, job, { memory, terminal });
  const log = openSync(join(job, 'kernel.log'), 'a');
  const inherits = terminal && kernel.kind === 'namespace';
  const child = spawn(program, args, {
    // A process group to kill; what shows the caller's terminal to a shell has to stay in his.
    detached: !inherits,
    // Descriptor 3 is open until process 1 of the machine, and so all of the machine, has ended.
    stdio: inherits
      ? ['inherit', 'inherit', 'inherit', 'pipe']
      : ['ignore', log, log, 'pipe', ...(terminal ? [0] : [])],
    env: { PATH: process.env.PATH, TERM: process.env.TERM },
  });
  closeSync(log);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      machine.running = false;
      resolve();
    });
  });
  /** @type {Machine} */
  const machine = { running: true, ended, kill: () => kill(child.pid, !inherits) };
  return machine;
}

/**
 * @param {number} pid
 * @param {boolean} leadsGroup
 */
function kill(pid, leadsGroup) {
  try {
    process.kill(leadsGroup ? -pid : pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * The host's command line that runs a job. A process id namespace holds all of it, and dies with
 * its first process, which dies with us: nothing can be left behind, even by SIGKILL of the caller.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {string} job
 * @param {{ memory: string, terminal: boolean }} options
 * @returns {string[]}
 */
function machineCommand(kernel, job, { memory, terminal }) {
  const leash = [
    'setpriv',
    '--pdeathsig',
    'KILL',
    'unshare',
    '--pid',
    '--fork',
    '--kill-child=KILL',
  ];
  const init = join(job, 'init');
  if (kernel.kind === 'namespace') {
    return [...leash, '--net', '--mount', '--uts', '--mount-proc', init, 'namespace'];
  }
  const boot = [
    kernel.image,
    `mem=${memory}`,
    ...['rootfstype=hostfs', 'rootflags=/', 'rw', `init=${init}`],
    ...['con=null', 'con0=null,fd:1', ...(terminal ? ['con1=fd:4,fd:4'] : [])],
    ...['panic=-1', 'oops=panic', `uml_dir=${join(job, 'uml')}/`],
  ];
  // The shell is there to be process 1: a User-Mode Linux that is process 1 itself hangs when it
  // panics, since SIGABRT does not end that process.
  return [...leash, '/bin/sh', '-c', '"$@"; exit "$?"', 'sh', ...boot];
}
