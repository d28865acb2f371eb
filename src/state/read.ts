import { LvsError } from '../errors/index.js';
import type { Destination, Ipvs, ServiceTree, Snapshot } from '../ipvs/index.js';
import type { CallOptions } from '../options/index.js';
import type { DestState, IpvsState, ServiceState } from './types.js';

const attempts = 5;

/** A snapshot during which nothing changed. */
export async function readSettled(ipvs: Ipvs, options: CallOptions): Promise<Snapshot> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const snapshot = await ipvs.snapshot({ ...options, verify: 'all' });
    if (!snapshot.torn) return snapshot;
  }
  const message = `services were changed while they were read, ${attempts} times in a row; try again`;
  throw new LvsError('ERR_LVS_TORN', message);
}

/** Reads what is configured; see `Ipvs.exportState`. */
export async function exportState(ipvs: Ipvs, options: CallOptions = {}): Promise<IpvsState> {
  const [{ services }, timeouts, syncDaemons] = await Promise.all([
    readSettled(ipvs, options),
    ipvs.getTimeouts(options),
    ipvs.listSyncDaemons(options),
  ]);
  return { version: 1, services: services.map(serviceState), timeouts, syncDaemons };
}

/** A service without what is only seen of it. */
export function serviceState(tree: ServiceTree): ServiceState {
  const { stats: _, dests, ...configured } = tree;
  return { ...configured, dests: dests.map(destState) };
}

function destState(dest: Destination): DestState {
  const {
    activeConnections: _active,
    inactiveConnections: _inactive,
    persistentConnections: _persistent,
    stats: _stats,
    ...configured
  } = dest;
  return configured;
}
