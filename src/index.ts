/**
 * The Linux Virtual Server as a typed library: services, destinations and connections of the
 * kernel's IPVS, over netlink.
 *
 * @module lvs
 */
export {
  HandleError,
  type HandleErrorCode,
  KernelError,
  LoadError,
  LvsError,
} from './errors/index.js';
export * from './ipvs/index.js';
export type { CallOptions, OpenOptions } from './options/index.js';
