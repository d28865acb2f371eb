import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import { explainPermission } from '../native/index.js';

interface Reason {
  readonly cause: string;
  readonly cure?: string;
}

/** What an errno means, by the step that it struck. */
const reasons: { readonly [stageAndCode: string]: Reason } = {
  'device ENODEV': { cause: 'there is no such device', cure: 'listLinks of lvs/route shows those' },
  'device EPFNOSUPPORT': {
    cause: 'its frames begin neither with an Ethernet nor with an IP header',
    cure: 'capture on the device below or above it',
  },
  'ring ENOMEM': {
    cause: 'the kernel has no memory for the ring',
    cure: 'ask for a smaller bufferSize',
  },
  'filter EINVAL': { cause: 'the kernel takes this program for invalid' },
  'filter E2BIG': { cause: 'with what `direction` adds the program has over 4096 instructions' },
  'filter ENOMEM': {
    cause: 'the program does not fit the memory that a socket may have',
    cure: 'raise the sysctl net.core.optmem_max',
  },
  'capture ENODEV': { cause: 'the device was removed' },
  'capture ENETDOWN': {
    cause: 'the device is down',
    cure: 'set it up with updateLink of lvs/route',
  },
};

/** CAP_NET_RAW of linux/capability.h. */
const netRaw = 13;

/** What a capture is used for, in the words of an error. */
export interface CaptureSubject {
  readonly operation: string;
  readonly object: string;
}

/** The error that a caller sees. */
export function captureError(subject: CaptureSubject, failure: Failure): KernelError {
  const { errno, stage = 'capture', code } = failure;
  const reason =
    code === 'EPERM' ? explainPermission('CAP_NET_RAW', netRaw) : reasons[`${stage} ${code}`];
  const syscall = syscalls[stage] ?? 'poll';
  return new KernelError({ ...subject, errno, syscall, ...reason });
}

const syscalls: { readonly [stage: string]: string } = {
  socket: 'socket',
  device: 'ioctl',
  ring: 'setsockopt',
  filter: 'setsockopt',
  promiscuous: 'setsockopt',
  bind: 'bind',
};
