import { errorName, KernelError } from '../errors/index.js';
import { explainResources } from './resources.js';

interface Reason {
  readonly cause: string;
  readonly cure: string;
}

const reasons: { readonly [code in string]?: Reason } = {
  ENOENT: {
    cause: 'there is no such network namespace',
    cure: "make it with createNetns() of 'lvs/netns', or see listNetns() for those that there are",
  },
  EINVAL: {
    cause: 'that file is no network namespace',
    cure: 'a name left over by something that failed goes with removeNetns()',
  },
  EPERM: {
    cause:
      'entering a network namespace takes CAP_SYS_ADMIN, in the user namespace that owns it and in the process’s own',
    cure: 'run as root, or give the program that capability',
  },
  EACCES: {
    cause: 'this user may not open the namespace file',
    cure: 'run as root',
  },
};

/**
 * A handle could not be opened because its thread could not join the network namespace (`setns(2)`).
 *
 * @param operation - What was being opened: `'open ipvs'`.
 * @param file - The namespace file.
 * @param errno - Negative.
 */
export function netnsError(operation: string, file: string, errno: number): KernelError {
  const code = errorName(errno);
  const reason = reasons[code] ?? explainResources(code);
  return new KernelError({ operation, object: `in ${file}`, errno, syscall: 'setns', ...reason });
}
