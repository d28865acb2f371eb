import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import { explainPermission } from '../native/index.js';
import type { Attempt } from './choose.js';
import type { OperationName } from './tables.js';
import type { Backend } from './types.js';

/** What a call was doing, for the words of an error. */
export interface Subject {
  /** `'add redirect'` */
  readonly operation: string;
  /** `'iptables -t nat -A PREROUTING -d 10.0.0.1/32 -j REDIRECT'` */
  readonly object?: string | undefined;
}

interface Reason {
  readonly cause: string;
  readonly cure?: string;
}

interface Reasons {
  readonly [code: string]: Reason;
}

/** Bits of linux/capability.h. */
const netAdmin = 12;
const netRaw = 13;

const reasons: { readonly [operation in OperationName]?: Reasons } = {
  addRule: {
    EEXIST: { cause: 'the same rule is there already', cure: 'use ensureRedirect' },
  },
  removeRule: {
    ENOENT: { cause: 'there is no such rule', cure: 'listRules shows those that are there' },
  },
};

const kernelParts: { readonly [backend in Backend]: Reason } = {
  legacy: {
    cause:
      'this kernel has no legacy x_tables with nat and REDIRECT (ip_tables, iptable_nat, xt_REDIRECT; for IPv6 ip6_tables, ip6table_nat)',
    cure: 'load these modules, or use a backend that goes through nf_tables',
  },
  'iptables-nft': {
    cause:
      "this kernel lacks a part that iptables' rules need in nf_tables (nf_tables with the ip family, nft_compat, nft_chain_nat, xt_REDIRECT, and the xt_ module of each match)",
    cure: "load these modules, or use the backend 'nftables' or 'legacy'",
  },
  nftables: {
    cause:
      'this kernel lacks a part of nf_tables (nf_tables with the ip family, nft_chain_nat, nft_redir)',
    cure: "load these modules, or use the backend 'legacy'",
  },
};

/** Errnos that the kernel has for parts it lacks. */
const missingPart = [
  'ENOENT',
  'ENOPROTOOPT',
  'EPROTONOSUPPORT',
  'EAFNOSUPPORT',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EPROTOTYPE',
  'ENOSYS',
];

const lock = 'the xtables lock';

function reasonOf(
  name: OperationName,
  backend: Backend,
  failure: Failure,
  lockTimeout: number,
): Reason | undefined {
  const { code, stage } = failure;
  if (stage === lock) return lockReason(code, lockTimeout);
  if (code === 'EPERM' && stage === 'socket') return explainPermission('CAP_NET_RAW', netRaw);
  if (code === 'EPERM' && backend === 'nftables' && name !== 'probe') {
    return {
      cause: "it needs CAP_NET_ADMIN, and the table 'lvs' may have another owner",
      cure: 'run as root; close the handle that owns the table, or open this one with own: true',
    };
  }
  if (code === 'EPERM') return explainPermission('CAP_NET_ADMIN', netAdmin);
  const known = reasons[name]?.[code];
  if (known !== undefined) return known;
  if (missingPart.includes(code)) return kernelParts[backend];
  return stage === undefined ? undefined : { cause: stage };
}

function lockReason(code: string, lockTimeout: number): Reason {
  if (code !== 'EAGAIN') {
    return {
      cause: `${lock} (/run/xtables.lock, or $XTABLES_LOCKFILE) can't be opened`,
      cure: 'run as root, with a /run that can be written to',
    };
  }
  return {
    cause: `somebody else held ${lock} for ${lockTimeout} ms`,
    cure: 'raise lockTimeout, or see who it is: fuser -v /run/xtables.lock',
  };
}

/** The error that a caller sees for what the kernel refused. */
export function explainFailure(
  name: OperationName,
  backend: Backend,
  subject: Subject,
  failure: Failure,
  lockTimeout: number,
): KernelError {
  const { errno, kernelMessage, field, stage } = failure;
  return new KernelError({
    ...subject,
    errno,
    syscall: stage === lock ? 'flock' : backend === 'legacy' ? 'setsockopt' : 'netlink',
    kernelMessage,
    field,
    ...reasonOf(name, backend, failure, lockTimeout),
  });
}

/** Why no backend works here. */
export function explainNoBackend(attempts: readonly Attempt[]): KernelError {
  const forbidden = attempts.find(({ failure }) => failure.code === 'EPERM');
  const worst = forbidden ?? attempts[0];
  const each = attempts.map(({ backend, failure }) => `${backend}: ${failure.code}`).join(', ');
  const reason =
    forbidden !== undefined
      ? reasonOf('probe', forbidden.backend, forbidden.failure, 0)
      : {
          cause: `no backend works here (${each}): ${attempts.map(({ backend }) => kernelParts[backend].cause).join('; ')}`,
          cure: 'load the modules of one of them',
        };
  return new KernelError({
    operation: 'open nat',
    errno: worst?.failure.errno ?? 0,
    syscall: worst?.backend === 'legacy' ? 'getsockopt' : 'netlink',
    ...reason,
  });
}
