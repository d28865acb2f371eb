/**
 * Network namespaces: making and naming them, opening handles in them, and sockets inside them for
 * Node's own `net`, `http` and `tls`.
 *
 * @module
 */
export type { Family } from '../address/index.js';
export { HandleError, KernelError, LoadError, LvsError } from '../errors/index.js';
export type { CallOptions } from '../options/index.js';
export { withNetns } from '../options/index.js';
export { createNetns, ensureNetns, listNetns, removeNetns } from './namespaces.js';
export type { ListenerOptions, ProbeSocketOptions, SocketOptions } from './socket-options.js';
export { openListener, openProbeSocket } from './sockets.js';
