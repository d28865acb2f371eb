import { brand } from './brand.js';
import { errorName } from './error-name.js';
import { LvsError } from './lvs-error.js';
import { composeMessage } from './message.js';

/** What a {@link KernelError} is made of. */
export interface KernelErrorDetails {
  /** What was being done, in words: `'add service'`. */
  readonly operation: string;
  /** What it was done to, as it would be named in a call. */
  readonly object?: string | undefined;
  /** Negative errno, as in Node's own system errors. */
  readonly errno: number;
  /** The system call or kernel interface that refused. */
  readonly syscall: string;
  /** The text of the kernel's extended ack. */
  readonly kernelMessage?: string | undefined;
  /** The field that the kernel refused, by its name in this package. */
  readonly field?: string | undefined;
  /** Why, in a sentence. */
  readonly cause?: string | undefined;
  /** What to do about it. */
  readonly cure?: string | undefined;
}

/**
 * The kernel refused an operation. Has the shape of Node's system errors (`code`, `errno`,
 * `syscall`) and says which operation, on which object, why, and what to do.
 */
export class KernelError extends LvsError {
  /** Negative errno: `-17` for `EEXIST`. */
  readonly errno: number;
  /** The system call or kernel interface that refused: `'netlink'`, `'setns'`, `'setsockopt'`. */
  readonly syscall: string;
  /** What was being done, in words: `'add service'`. */
  readonly operation: string;
  /** What it was done to: `'tcp://10.0.0.1:80'`. */
  declare readonly object?: string;
  /** The text of the kernel's extended ack, verbatim. */
  declare readonly kernelMessage?: string;
  /** The field that was refused, where the kernel named one. */
  declare readonly field?: string;

  /** @internal */
  constructor(details: KernelErrorDetails) {
    const code = errorName(details.errno);
    super(code, composeMessage({ ...details, code }));
    this.errno = details.errno;
    this.syscall = details.syscall;
    this.operation = details.operation;
    for (const name of ['object', 'kernelMessage', 'field'] as const) {
      const value = details[name];
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }
}

brand(KernelError, 'KernelError');
