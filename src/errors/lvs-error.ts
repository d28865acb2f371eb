import { brand } from './brand.js';

/**
 * What every error of this package that is not a mistake in an argument descends from.
 *
 * `instanceof` holds across several copies of the package in one program. To tell errors apart,
 * compare `code`.
 */
export class LvsError extends Error {
  /** A stable name for the kind of error: an errno (`'EEXIST'`) or `'ERR_LVS_…'`. */
  readonly code: string;

  /** @internal */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

brand(LvsError, 'LvsError');
