/**
 * Directors and real servers, prepared whole and put back as they were.
 *
 * @module
 */
export { HandleError, KernelError, LoadError, LvsError } from '../errors/index.js';
export type { CallOptions, OpenOptions } from '../options/index.js';
export { prepareDirector } from './director.js';
export { prepareRealServer } from './real-server.js';
export type {
  DirectorOptions,
  LoopbackServerOptions,
  Preparation,
  PreparationOptions,
  PreparationStep,
  RealServerOptions,
  RedirectServerOptions,
  TunnelServerOptions,
  UndoneStep,
} from './types.js';
