/**
 * Rules of the nat table that redirect packets for a VIP to the machine itself, on every kind of
 * tables that kernels have for them.
 *
 * @module
 */
export type { Family } from '../address/index.js';
export {
  HandleError,
  type HandleErrorCode,
  KernelError,
  LoadError,
  LvsError,
} from '../errors/index.js';
export type { CounterOf, CounterOptions } from '../ipvs/index.js';
export type { CallOptions, OpenOptions } from '../options/index.js';
export type { Watch } from '../watch/index.js';
export type * from '../xtables/rule.js';
export type { KeepOptions, RedirectKeeper, Restoration } from './keep/index.js';
export { Nat } from './nat.js';
export { originalDestination } from './original-destination.js';
export type * from './types.js';
export type { ChangedRule, Changer, NatChange, NatWatchOptions } from './watch/index.js';
