import type { Failure } from '../native/index.js';
import { explainPermission } from '../native/index.js';

/** Why something was refused, and what helps. */
export interface Reason {
  readonly cause: string;
  readonly cure?: string;
}

/** Bits of linux/capability.h. */
const netAdmin = 12;
const netRaw = 13;

/** What the addon calls the step of waiting for the lock. */
export const lockStage = 'the xtables lock';

/** Causes that everything has in common which works on legacy tables; `undefined` for others. */
export function legacyReason({ code, stage }: Failure, lockTimeout: number): Reason | undefined {
  if (stage === lockStage) return lockReason(code, lockTimeout);
  if (code !== 'EPERM') return undefined;
  return stage === 'socket' ? explainPermission('CAP_NET_RAW', netRaw) : adminReason();
}

/** Why what changes a network namespace was refused. */
export function adminReason(): Reason {
  return explainPermission('CAP_NET_ADMIN', netAdmin);
}

function lockReason(code: string, lockTimeout: number): Reason {
  if (code === 'ELOOP') {
    return {
      cause: `a symbolic link lies in the place of ${lockStage}, and is not followed`,
      cure: 'see who put it there, and remove it: ls -l /run/xtables.lock',
    };
  }
  if (code !== 'EAGAIN') {
    return {
      cause: `${lockStage} (/run/xtables.lock, or $XTABLES_LOCKFILE) can't be opened`,
      cure: 'run as root, with a /run that can be written to',
    };
  }
  return {
    cause: `somebody else held ${lockStage} for ${lockTimeout} ms`,
    cure: 'raise lockTimeout, or see who it is: fuser -v /run/xtables.lock',
  };
}
