import { brand } from '../errors/brand.js';
import { LvsError } from '../errors/index.js';

/** A line of rules that could not be read, or not be applied. */
export interface RestoreFailure {
  /** Counted from 1. */
  readonly line: number;
  /** The line as it is. */
  readonly text: string;
  /** What is wrong with it. */
  readonly message: string;
}

/** Codes of {@link RestoreError}. */
export type RestoreErrorCode = 'ERR_LVS_RULES' | 'ERR_LVS_RESTORE';

/** What happened to a restore that failed. */
interface Outcome {
  readonly applied: readonly number[];
  readonly undone: boolean;
  readonly cause?: unknown;
}

/**
 * Rules could not be restored:
 *
 * - `ERR_LVS_RULES`: there are lines that can't be read. Nothing was changed.
 * - `ERR_LVS_RESTORE`: the kernel refused a line, which is `cause`. What had been applied by then was
 *   undone, unless `undone` says that it could not be.
 */
export class RestoreError extends LvsError {
  declare readonly code: RestoreErrorCode;
  /** The lines that are at fault, in order. */
  readonly errors: readonly RestoreFailure[];
  /** Numbers of the lines that had taken effect, before they were undone. */
  readonly applied: readonly number[];
  /** Whether the state is as it was before. */
  readonly undone: boolean;

  /** @internal */
  constructor(code: RestoreErrorCode, errors: readonly RestoreFailure[], outcome: Outcome) {
    const { applied, undone, cause } = outcome;
    super(code, composeRestoreMessage(errors, applied.length, undone), { cause });
    this.errors = errors;
    this.applied = applied;
    this.undone = undone;
  }
}

brand(RestoreError, 'RestoreError');

const shownLines = 3;

function composeRestoreMessage(
  errors: readonly RestoreFailure[],
  applied: number,
  undone: boolean,
): string {
  const lines = errors.slice(0, shownLines).map(({ line, message }) => `line ${line}: ${message}`);
  const more = errors.length > shownLines ? `; and ${errors.length - shownLines} more lines` : '';
  const rules = applied === 1 ? '1 rule' : `${applied} rules`;
  const undoing = undone ? `${rules} undone` : `${rules} could not be undone: look at the state`;
  return `${lines.join('; ')}${more} (${applied === 0 && undone ? 'nothing was changed' : undoing})`;
}
