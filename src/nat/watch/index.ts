export type * from './types.js';
export { watch } from './watch.js';
