import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import type { Edit } from './edits.js';
import type { Reason } from './lock-reason.js';
import { legacyReason, lockStage } from './lock-reason.js';

/** What a call was doing, for the words of an error. */
export interface Subject {
  /** `'load table'` */
  readonly operation: string;
  /** `'iptables -t nat'` */
  readonly object: string;
}

const noTables: Reason = {
  cause: 'this kernel has no legacy x_tables (ip_tables, ip6_tables)',
  cure: 'load the modules; kernels from 6.17 on may be built without them',
};
const noTable: Reason = {
  cause: 'this kernel has no such table',
  cure: 'see /proc/net/ip_tables_names, or load the module (iptable_nat, ip6table_filter …)',
};
const changed: Reason = {
  cause: 'somebody changed the table since it was loaded',
  cure: 'load it again, or use edit(), which does so by itself',
};

/** What an errno means for a single edit. */
const editReasons: { readonly [code: string]: Reason } = {
  ENOENT: { cause: 'there is no such chain or rule, or no chain that the rule jumps to' },
  ERANGE: { cause: 'the chain has no such position' },
  EEXIST: { cause: 'there is a chain of that name' },
  ENOTEMPTY: { cause: 'the chain has rules', cure: 'flush it first' },
  EBUSY: { cause: 'rules lead to the chain', cure: 'remove them first' },
  EINVAL: { cause: 'that can not be done to this chain, or is no name for one' },
  ENAMETOOLONG: { cause: 'the name of a chain has at most 28 bytes' },
};

/** The error that a caller sees for what was refused. */
export function explainFailure(
  subject: Subject,
  failure: Failure,
  lockTimeout: number,
  edits: readonly Edit[] = [],
): KernelError {
  const { errno, stage, field } = failure;
  const edit = field === undefined ? undefined : edits[Number(field)];
  return new KernelError({
    operation: subject.operation,
    object: edit === undefined ? subject.object : `${subject.object} ${edit.text}`,
    errno,
    syscall: stage === lockStage ? 'flock' : 'setsockopt',
    ...reasonOf(failure, lockTimeout, edit),
  });
}

function reasonOf(
  failure: Failure,
  lockTimeout: number,
  edit: Edit | undefined,
): Reason | undefined {
  const { code, stage } = failure;
  const known = legacyReason(failure, lockTimeout);
  if (known !== undefined) return known;
  if (edit !== undefined) {
    return stage === undefined ? editReasons[code] : { cause: stage };
  }
  if (code === 'EAGAIN') return changed;
  if (code === 'ENOPROTOOPT') return noTables;
  if (code === 'ENOENT' && stage === 'the kernel has no such table') return noTable;
  return stage === undefined ? undefined : { cause: stage };
}
