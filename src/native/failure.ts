import { errorName } from '../errors/index.js';
import type { ResultTexts } from './results.js';
import { resultFlag } from './wire.js';

/** A request that did not succeed, before it is known how the caller would put it. */
export class Failure {
  /** Negative errno; 0 when the answer was lost. */
  readonly errno: number;
  /** The kernel's answer did not arrive, so what was asked may or may not have been done. */
  readonly lost: boolean;
  readonly kernelMessage: string | undefined;
  /** Name of the field that was refused, where that is known. */
  readonly field: string | undefined;
  /** The step that opening a handle failed at. */
  readonly stage: string | undefined;

  constructor(errno: number, flags: number, texts: ResultTexts) {
    this.errno = errno;
    this.lost = (flags & resultFlag.lost) !== 0;
    this.kernelMessage = texts.kernelMessage;
    this.field = texts.field;
    this.stage = texts.plain;
  }

  /** The errno's name, or `''` when the answer was lost. */
  get code(): string {
    return this.errno === 0 ? '' : errorName(this.errno);
  }
}
