import { LvsError } from './lvs-error.js';

/** Something failed, and what had been done before it could not be undone either. */
export function undoFailed(error: unknown, cause: unknown): LvsError {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `${reason}; what had been done before that could not be undone: look at the state`;
  return new LvsError('ERR_LVS_UNDO', message, { cause });
}
