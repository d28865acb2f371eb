import { KernelError, LvsError } from '../errors/index.js';

/** What was written has been read back, and must be there. */
export function checkDone(done: boolean, what: string, found: unknown): void {
  if (done) return;
  const message = `${what}: the kernel said yes, but then had ${found ?? 'none'}; somebody else changed it at once`;
  throw new LvsError('ERR_LVS_NOT_VERIFIED', message);
}

/** `undefined` in the place of an error by which the kernel says that something is not there. */
export async function unlessAbsent<T>(
  promise: Promise<T>,
  ...codes: readonly string[]
): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof KernelError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/** Why there was nothing to be undone. */
export const gone = { undone: true, reason: 'it was gone already' } as const;
