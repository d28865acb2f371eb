import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import { explainPermission, loadProtocol, openConnection } from '../native/index.js';
import type { OpenOptions } from '../options/index.js';
import { IpvsCore } from './core.js';
import { explainMissing } from './missing.js';
import type { IpvsTables } from './tables.js';
import { bindTables } from './tables.js';

/** CAP_NET_ADMIN of linux/capability.h. */
const netAdmin = 12;

let bound: IpvsTables | undefined;

/** Opens the line to a namespace's IPVS; whether it may be used is not asked yet. */
export async function openIpvs(options: OpenOptions): Promise<IpvsCore> {
  bound ??= bindTables(loadProtocol('ipvs'));
  return new IpvsCore(await openConnection(bound.protocol, options, explainOpen), bound);
}

function explainOpen(failure: Failure): KernelError | undefined {
  if (failure.stage !== 'family') return undefined;
  const reason =
    failure.code === 'EPERM'
      ? explainPermission('CAP_NET_ADMIN', netAdmin, 'initial')
      : explainMissing();
  return new KernelError({
    operation: 'open IPVS',
    errno: failure.errno,
    syscall: 'netlink',
    ...reason,
  });
}
