import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import { explainPermission } from '../native/index.js';
import { explainScheduler } from './schedulers.js';
import type { OperationName } from './tables.js';

interface Reason {
  readonly cause: string;
  readonly cure?: string;
}

interface Reasons {
  readonly [code: string]: Reason;
}

/** What a call was doing, for the words of an error. */
export interface Subject {
  /** `'add destination'` */
  readonly operation: string;
  /** `'10.0.0.20:80 of tcp://10.0.0.1:80'` */
  readonly object?: string;
  /** The scheduler and engine that were asked for, which the kernel may not have. */
  readonly scheduler?: string;
  readonly engine?: string | undefined;
  /** What an errno means for this very call. */
  readonly explain?: Reasons;
}

const noService: Reason = {
  cause: 'there is no such service',
  cure: 'listServices shows those that exist',
};
const noDest: Reason = {
  cause: 'the service has no such destination',
  cure: 'listDests shows those it has',
};
const badDest: Reason = {
  cause:
    'the kernel takes only unicast or local addresses (in a namespace whose interfaces never were up: none), and destinations of the other family only through a tunnel and while no sync daemon runs',
  cure: 'check the address, bring lo up, and stop the sync daemons if the families differ',
};

const noFile: Reason = {
  cause: 'there is no such file under /proc/net: IPVS is not loaded, or /proc is not mounted',
  cure: 'load the module as root: modprobe ip_vs',
};

/** What an errno means, by operation; the kernel has no words of its own for these. */
const reasons: { readonly [operation in OperationName]?: Reasons } = {
  addService: {
    EEXIST: {
      cause: 'the service exists already',
      cure: 'change it with updateService, or use ensureService',
    },
  },
  setService: { ESRCH: noService },
  removeService: { ESRCH: noService },
  getService: { ESRCH: noService },
  zero: { ESRCH: noService },
  addDest: {
    EEXIST: {
      cause: 'the service has this destination already',
      cure: 'change it with updateDest, or use ensureDest',
    },
    ESRCH: noService,
    EINVAL: badDest,
  },
  setDest: { ENOENT: noDest, ESRCH: noService, EINVAL: badDest },
  removeDest: { ENOENT: noDest, ESRCH: noService },
  startDaemon: {
    EEXIST: { cause: 'a daemon of that state runs already', cure: 'stop it first' },
    ENODEV: { cause: 'there is no such device', cure: 'name one that exists and is up' },
    EINVAL: {
      cause:
        'the multicast group is none, or a destination of another family than its service exists, which the sync protocol cannot carry',
    },
  },
  stopDaemon: { ESRCH: { cause: 'no daemon of that state runs' } },
  readConnections: { ENOENT: noFile },
  readServicesFile: { ENOENT: noFile },
  readStatsFile: { ENOENT: noFile },
};

/** What an errno means whatever was asked. */
const common: Reasons = {
  EAFNOSUPPORT: { cause: 'this kernel was built without IPv6 for IPVS' },
  ENOPROTOOPT: {
    cause: 'the IPVS module was unloaded',
    cure: 'load it (modprobe ip_vs), and this handle works again',
  },
  EMSGSIZE: { cause: 'the request is larger than the socket can send' },
  EACCES: { cause: 'it may not be written from this namespace, or not by this user' },
  ENOMEM: { cause: 'the kernel is out of memory' },
  ENOBUFS: { cause: 'the kernel is out of buffers' },
};

/** CAP_NET_ADMIN of linux/capability.h. */
const netAdmin = 12;

/** The error that a caller sees for a request that the kernel refused. */
export async function explainFailure(
  name: OperationName,
  subject: Subject,
  failure: Failure,
): Promise<KernelError> {
  const { errno, kernelMessage, field, code } = failure;
  const { operation, object } = subject;
  const reason = await reasonOf(name, subject, code);
  return new KernelError({
    operation,
    object,
    errno,
    syscall: /^(read|write)/.test(name) ? 'open' : 'netlink',
    kernelMessage,
    field,
    ...reason,
  });
}

function reasonOf(
  name: OperationName,
  subject: Subject,
  code: string,
): Reason | undefined | Promise<Reason> {
  if (code === 'EPERM') return explainPermission('CAP_NET_ADMIN', netAdmin, 'initial');
  if (code === 'ENOENT' && subject.scheduler !== undefined) {
    return explainScheduler(subject.scheduler, subject.engine);
  }
  return subject.explain?.[code] ?? reasons[name]?.[code] ?? common[code];
}
