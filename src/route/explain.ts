import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import { explainPermission, explainResources } from '../native/index.js';
import type { Explanation, Subject } from './subject.js';

/** Names of devices that there are; they go into the cure when one is missing. */
export type ListDevices = () => Promise<readonly string[]>;

/** CAP_NET_ADMIN of linux/capability.h. */
const netAdmin = 12;

/** The error that a caller sees for a failure. */
export async function explainFailure(
  failure: Failure,
  subject: Subject,
  listDevices: ListDevices,
): Promise<KernelError> {
  const { cause, cure } =
    (await subject.explain?.(failure)) ?? (await explainErrno(failure, subject, listDevices)) ?? {};
  const { field } = failure;
  return new KernelError({
    operation: subject.operation,
    object: subject.object,
    errno: failure.errno,
    syscall: 'netlink',
    kernelMessage: failure.kernelMessage,
    field: field === undefined ? undefined : (subject.fields?.[field] ?? field),
    cause,
    cure,
  });
}

/** What an errno means whatever was being done. */
async function explainErrno(
  failure: Failure,
  subject: Subject,
  listDevices: ListDevices,
): Promise<Explanation | undefined> {
  const { code, field = 'device' } = failure;
  const given = subject.names?.[field];
  if (code === 'EPERM') return explainPermission('CAP_NET_ADMIN', netAdmin);
  if (code === 'ENODEV' && given !== undefined) {
    const devices = await listDevices();
    return {
      cause: `there is no device ${given}`,
      ...(devices.length > 0 && { cure: `there are: ${devices.join(', ')}` }),
    };
  }
  if (code === 'ENOENT' && given !== undefined && field.toLowerCase().includes('namespace')) {
    return { cause: `there is no network namespace ${given}`, cure: 'create it first' };
  }
  return explainResources(code);
}
