import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {{ memory: string, terminal: boolean, cpu?: string }} Options
 */

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
 * @param {Options} options
 * @returns {Machine}
 */
export function startMachine(kernel, job, options) {
  const log = openSync(path.join(job, 'kernel.log'), 'a');
  const inherits = options.terminal && kernel.kind === 'host';
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...leashed(kernel, job, options)], {
    // A process group to kill; what shows the caller's terminal to a shell has to stay in theirs.
    detached: !inherits,
    // Descriptor 3 is open until process 1 of the machine, and so all of the machine, has ended.
    stdio: inherits
      ? ['inherit', 'inherit', 'inherit', 'pipe']
      : ['ignore', log, log, 'pipe', ...(options.terminal ? [0] : [])],
    env: { PATH: process.env['PATH'], TERM: process.env['TERM'] },
  });
  closeSync(log);
  return watch(child, !inherits);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} leadsGroup
 * @returns {Machine}
 */
function watch(child, leadsGroup) {
  /** @type {Machine} */
  const machine = {
    running: true,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => {
        machine.running = false;
        resolve();
      });
    }),
    kill() {
      // The first process may have ended already while others of its group have not.
      if (leadsGroup && child.pid !== undefined) signalGroup(child.pid);
      else child.kill('SIGKILL');
    },
  };
  return machine;
}

/** @param {number} leader */
function signalGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * The host's command line that runs a job. A process id namespace holds all of it, and dies with
 * its first process, which dies with us: nothing can be left behind, even by SIGKILL of the caller.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {string} job
 * @param {Options} options
 * @returns {string[]}
 */
function leashed(kernel, job, options) {
  const leash = ['unshare', '--pid', '--fork', '--kill-child=KILL'];
  const init = path.join(job, 'init');
  if (kernel.kind === 'host') {
    return [...leash, '--net', '--mount', '--uts', '--mount-proc', init, 'namespace'];
  }
  const boot = kernel.kind === 'uml' ? umlCommand : qemuCommand;
  return [...leash, ...boot(kernel, job, options)];
}

/** Words for every kernel: level 5 shows warnings, and leaves out what a boot has to tell. */
const COMMON_WORDS = ['rw', 'loglevel=5', 'panic=-1', 'oops=panic'];

/**
 * The shell is there to be process 1: a User-Mode Linux that is process 1 itself hangs when it
 * panics, since SIGABRT does not end that process. Its processes work in turns: on one processor
 * they hand over at once, while another one sleeps until then and has to be woken each time.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {string} job
 * @param {Options} options
 */
function umlCommand({ folder }, job, { memory, terminal, cpu }) {
  const preload = `LD_PRELOAD=${path.join(folder, 'xstate.so')}`;
  return [
    ...(cpu ? ['taskset', '--cpu-list', processor(Number(cpu))] : []),
    ...['/bin/sh', '-c', '"$@"; exit "$?"', 'sh', 'env', preload],
    ...[path.join(folder, 'image'), `mem=${memory}`, `uml_dir=${path.join(job, 'uml')}/`],
    ...['rootfstype=hostfs', 'rootflags=/', `init=${path.join(job, 'init')}`, ...COMMON_WORDS],
    // Since 6.16 a process's system calls and page faults can come without ptrace, in half the time.
    'seccomp=auto',
    ...['con=null', 'con0=null,fd:1', ...(terminal ? ['con1=fd:4,fd:4'] : [])],
  ];
}

/**
 * @param {number} index among those that this process may use, and round again
 * @returns {string} its number
 */
function processor(index) {
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const numbers = (allowed?.[1] ?? '0').split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return String(numbers[index % numbers.length] ?? 0);
}

const START_QEMU = `
socket=$1 && shift
/usr/lib/qemu/virtiofsd --socket-path="$socket" -o source=/ -o cache=always -o sandbox=chroot &
until [ -S "$socket" ]; do sleep 0.05; done
"$@"
exit "$?"
`;

/**
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {string} job
 * @param {Options} options
 */
function qemuCommand({ folder }, job, { memory, terminal }) {
  const socket = path.join(job, 'virtiofs');
  const words = [`lab_init=${path.join(job, 'init')}`, 'console=ttyS0', ...COMMON_WORDS];
  const share = [
    ...['-object', `memory-backend-memfd,id=memory,size=${memory},share=on`],
    ...['-numa', 'node,memdev=memory', '-chardev', `socket,id=root,path=${socket}`],
    ...['-device', 'vhost-user-fs-pci,chardev=root,tag=root'],
  ];
  return [
    ...['/bin/sh', '-c', START_QEMU, 'sh', socket],
    ...['qemu-system-x86_64', '-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '2'],
    ...['-m', memory, ...share, '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-kernel', path.join(folder, 'image'), '-initrd', path.join(folder, 'initrd')],
    ...['-append', words.join(' '), '-serial', 'stdio'],
    ...(terminal ? ['-serial', '/dev/fd/4'] : []),
  ];
}
