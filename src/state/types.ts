import type { Destination, Service, SyncDaemon, Timeouts } from '../ipvs/index.js';

/** What was configured of a destination. */
export type DestState = Omit<
  Destination,
  'activeConnections' | 'inactiveConnections' | 'persistentConnections' | 'stats'
>;

type Settings<S> = S extends unknown ? Omit<S, 'stats'> : never;

/** What was configured of a service, with its destinations. */
export type ServiceState = Settings<Service> & {
  /** In the kernel's order, which is the newest first. */
  readonly dests: readonly DestState[];
};

/**
 * Everything that is configured in the IPVS of a network namespace: plain data, fit for
 * `JSON.stringify`. Counters and connections are no part of it.
 */
export interface IpvsState {
  /** Version of this form. */
  readonly version: 1;
  /** In the kernel's order. */
  readonly services: readonly ServiceState[];
  /** Timeouts of connections, in seconds. */
  readonly timeouts: Timeouts;
  /** The sync daemons that run. */
  readonly syncDaemons: readonly SyncDaemon[];
}

/** A part of the state; what is absent is of no concern. */
export type PartialState = Pick<IpvsState, 'services'> &
  Partial<Pick<IpvsState, 'timeouts' | 'syncDaemons'>>;
