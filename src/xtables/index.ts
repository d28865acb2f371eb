/**
 * The tables of legacy `iptables` and `ip6tables`, loaded, edited and committed as libiptc does.
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
export type { CallOptions, OpenOptions } from '../options/index.js';
export type * from './rule.js';
export type { XtablesTable } from './table.js';
export type * from './types.js';
export { Xtables } from './xtables.js';
