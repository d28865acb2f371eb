import type { Ipvs } from '../ipvs/index.js';
import { formatServiceName } from '../ipvs/service-name.js';
import type { CallOptions } from '../options/index.js';
import { converge } from './converge.js';
import { serviceState } from './read.js';
import type { PartialState } from './types.js';

/** What a change may touch. */
export interface Scope {
  /** Names as `formatServiceName` writes them, or all services. */
  readonly services: ReadonlySet<string> | 'all';
  readonly timeouts: boolean;
  readonly syncDaemons: boolean;
}

/** The state of what a change may touch. */
export async function readScope(
  ipvs: Ipvs,
  scope: Scope,
  options: CallOptions,
): Promise<PartialState> {
  const [snapshot, timeouts, syncDaemons] = await Promise.all([
    ipvs.snapshot(options),
    scope.timeouts ? ipvs.getTimeouts(options) : undefined,
    scope.syncDaemons ? ipvs.listSyncDaemons(options) : undefined,
  ]);
  const { services } = scope;
  const touched = snapshot.services.filter(
    (service) => services === 'all' || services.has(formatServiceName(service)),
  );
  return {
    services: touched.map(serviceState),
    ...(timeouts && { timeouts }),
    ...(syncDaemons && { syncDaemons }),
  };
}

/** Brings back the state from before a change; returns why it could not, if so. */
export async function undo(
  ipvs: Ipvs,
  scope: Scope,
  before: PartialState,
  options: CallOptions,
): Promise<unknown> {
  const { signal: _, ...patient } = options;
  try {
    await converge(ipvs, before, await readScope(ipvs, scope, patient), patient);
    return undefined;
  } catch (error) {
    return error;
  }
}
