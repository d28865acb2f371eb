import { brand } from '../../errors/brand.js';
import { LvsError } from '../../errors/index.js';

/** A file is no capture file, or is damaged. `code` is `ERR_LVS_CAPTURE_FILE`. */
export class CaptureFileError extends LvsError {
  /** @internal */
  constructor(message: string) {
    super('ERR_LVS_CAPTURE_FILE', message);
  }
}

brand(CaptureFileError, 'CaptureFileError');
