import { brand } from './brand.js';
import { LvsError } from './lvs-error.js';

/**
 * The native addon could not be loaded. `code` is `ERR_LVS_ADDON`; the message tells the cause and
 * its cure, and `errors` holds what each attempt ran into.
 */
export class LoadError extends LvsError {
  /** One error for each file that was tried, in order. */
  readonly errors: readonly unknown[];

  /** @internal */
  constructor(message: string, errors: readonly unknown[]) {
    super('ERR_LVS_ADDON', message);
    this.errors = errors;
  }
}

brand(LoadError, 'LoadError');
