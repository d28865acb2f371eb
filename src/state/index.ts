export { type ImportOptions, importState } from './import.js';
export { exportState, readSettled } from './read.js';
export type { DestState, IpvsState, ServiceState } from './types.js';
export { readScope, type Scope, undo } from './undo.js';
