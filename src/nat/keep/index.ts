export type { RedirectKeeper } from './keeper.js';
export { Keepers } from './keepers.js';
export type * from './types.js';
