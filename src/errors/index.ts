export { invalidType, invalidValue, outOfRange } from './argument.js';
export { errorName } from './error-name.js';
export { HandleError, type HandleErrorCode } from './handle-error.js';
export { KernelError } from './kernel-error.js';
export { LoadError } from './load-error.js';
export { LvsError } from './lvs-error.js';
export { undoFailed } from './undo-failed.js';
