import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import type { Reason } from '../xtables/lock-reason.js';
import { adminReason, legacyReason, lockStage } from '../xtables/lock-reason.js';
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

interface Reasons {
  readonly [code: string]: Reason;
}

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

const ownerReason: Reason = {
  cause: "it needs CAP_NET_ADMIN, and a table 'lvs' that has no other owner",
  cure: 'run as root; close the handle that owns the table, then open this one with own: true',
};
const noOwnerReason: Reason = {
  cause: "the table 'lvs' was made without an owner, or this kernel is older than 6.9",
  cure: 'remove that table (nft delete table ip lvs) or leave out own',
};

const foreignChain: Reason = {
  cause: "somebody made the chain that the rule would go to, but not as one of iptables' nat table",
  cure: "see nft list table ip nat (or ip6 nat), or use the backend 'nftables'",
};

const noTracking: Reason = {
  cause: 'this kernel cannot be asked for its tracked connections (nf_conntrack_netlink)',
  cure: 'load that module',
};

/** How the handle works that ran into the failure. */
interface Ways {
  readonly backend: Backend;
  readonly own: boolean;
  readonly lockTimeout: number;
}

function reasonOf(
  name: OperationName,
  { backend, own, lockTimeout }: Ways,
  failure: Failure,
): Reason | undefined {
  const { code, stage } = failure;
  if (name === 'dropConnections') return trackingReason(code);
  if (code === 'EPERM' && backend === 'nftables' && name !== 'look') return ownerReason;
  const common = legacyReason(failure, lockTimeout);
  if (common !== undefined) return common;
  if (own && (code === 'ENOTSUP' || code === 'EOPNOTSUPP')) return noOwnerReason;
  const known = reasons[name]?.[code];
  if (known !== undefined) return known;
  if (missingPart.includes(code)) return kernelParts[backend];
  if (code === 'EINVAL' && backend === 'iptables-nft') {
    return foreignChain;
  }
  return stage === undefined ? undefined : { cause: stage };
}

function trackingReason(code: string): Reason | undefined {
  if (code === 'EPERM') return adminReason();
  return code === 'EINVAL' || missingPart.includes(code) ? noTracking : undefined;
}

function syscallOf(name: OperationName, backend: Backend, stage: string | undefined): string {
  if (stage === lockStage) return 'flock';
  return backend === 'legacy' && name !== 'dropConnections' ? 'setsockopt' : 'netlink';
}

/** The error that a caller sees for what the kernel refused. */
export function explainFailure(
  name: OperationName,
  ways: Ways,
  subject: Subject,
  failure: Failure,
): KernelError {
  const { backend } = ways;
  const { errno, kernelMessage, field, stage } = failure;
  return new KernelError({
    operation: subject.operation,
    object: subject.object,
    errno,
    syscall: syscallOf(name, backend, stage),
    kernelMessage,
    field,
    ...reasonOf(name, ways, failure),
  });
}

/** Why no backend works here. */
export function explainNoBackend(attempts: readonly Attempt[]): KernelError {
  const forbidden = attempts.find(({ failure }) => failure.code === 'EPERM');
  const worst = forbidden ?? attempts[0];
  const each = attempts.map(({ backend, failure }) => `${backend}: ${failure.code}`).join(', ');
  const reason =
    forbidden !== undefined
      ? reasonOf(
          'probe',
          { backend: forbidden.backend, own: false, lockTimeout: 0 },
          forbidden.failure,
        )
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
