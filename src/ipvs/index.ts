export type { Family } from '../address/index.js';
export type { IpvsInfo, Timeouts } from './config.js';
export type {
  ConnectionCount,
  ConnectionFilter,
  ConnectionOptions,
  ConnectionProtocol,
  CountedBy,
  CountOptions,
  Endpoint,
  IpvsConnection,
} from './connection-types.js';
export { Ipvs } from './ipvs.js';
export { IpvsReader } from './ipvs-reader.js';
export type { ProcDestination, ProcService } from './proc-services.js';
export { listSchedulers, type Scheduler } from './schedulers.js';
export { formatServiceName, parseServiceName } from './service-name.js';
export type { ServiceTree, Snapshot, SnapshotOptions } from './snapshot.js';
export type { CounterOf, CounterOptions } from './stats.js';
export type { SyncDaemon, SyncDaemonConfig, SyncState } from './sync-daemons.js';
export type { IpvsSysctl } from './sysctl.js';
export type { IpvsSysctlName, IpvsSysctls } from './sysctl-knobs.js';
export type * from './types.js';
