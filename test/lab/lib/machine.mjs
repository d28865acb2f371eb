import { join } from 'node:path';

/**
 * The host's command line that runs a job. A process id namespace holds all of it, and dies with
 * its first process, which dies with us: nothing can be left behind, even by SIGKILL of the caller.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {string} job
 * @param {{ memory: string, terminal?: boolean }} options
 * @returns {string[]}
 */
export function machineCommand(kernel, job, { memory, terminal = false }) {
  const leash = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child=KILL'];
  const init = join(job, 'init');
  if (kernel.kind === 'namespace') {
    return [...leash, '--net', '--mount', '--mount-proc', init, 'namespace'];
  }
  const boot = [
    kernel.image,
    `mem=${memory}`,
    ...['rootfstype=hostfs', 'rootflags=/', 'rw', `init=${init}`],
    ...['con=null', 'con0=null,fd:1', ...(terminal ? ['con1=fd:3,fd:3'] : [])],
    ...['panic=-1', 'oops=panic', `uml_dir=${join(job, 'uml')}/`],
  ];
  // The shell is there to be process 1: a User-Mode Linux that is process 1 itself hangs when it
  // panics, since SIGABRT does not end that process.
  return [...leash, '/bin/sh', '-c', '"$@"; exit "$?"', 'sh', ...boot];
}
