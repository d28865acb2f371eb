import { brand } from './brand.js';
import { LvsError } from './lvs-error.js';

/** Codes of {@link HandleError}. */
export type HandleErrorCode =
  | 'ERR_LVS_CLOSED'
  | 'ERR_LVS_TIMEOUT'
  | 'ERR_LVS_UNKNOWN_OUTCOME'
  | 'ERR_LVS_GAVE_UP';

/**
 * A handle could not carry a call to its end:
 *
 * - `ERR_LVS_CLOSED`: the handle was closed before, or while, the call was made.
 * - `ERR_LVS_TIMEOUT`: the kernel did not answer within `timeout`. It may still do what was asked.
 * - `ERR_LVS_UNKNOWN_OUTCOME`: the kernel's answer was lost and reading the state back did not tell.
 * - `ERR_LVS_GAVE_UP`: somebody else undid again and again what was to be kept (`nat.keepRedirect`).
 */
export class HandleError extends LvsError {
  declare readonly code: HandleErrorCode;

  /** @internal */
  constructor(code: HandleErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

brand(HandleError, 'HandleError');
