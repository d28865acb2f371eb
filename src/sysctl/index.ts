/**
 * Settings of the kernel's network that LVS depends on, for each network namespace.
 *
 * @module
 */
export { HandleError, KernelError, LoadError, LvsError } from '../errors/index.js';
export type { CallOptions, OpenOptions } from '../options/index.js';
export type { SysctlName, Sysctls } from './knobs.js';
export { Sysctl, type SysctlOptions } from './sysctl.js';
