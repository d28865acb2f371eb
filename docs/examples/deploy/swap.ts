import { setTimeout as sleep } from 'node:timers/promises';
import type { Destination, DestName, Ipvs, ServiceName } from 'lvs';

/** How patient a swap is. */
export interface SwapOptions {
  /** Milliseconds that clients may take to end their connections. */
  readonly deadline: number;
  /** Milliseconds between two looks at how many there are. */
  readonly interval: number;
}

/**
 * Takes a real server out of a service without ending a connection, has something done to it, and
 * puts it back as it was. If clients stay beyond the deadline, nothing is done: the real server gets
 * its weight back, and the promise is rejected.
 */
export async function swapDest(
  ipvs: Ipvs,
  service: ServiceName,
  name: DestName,
  work: () => Promise<void>,
  options: SwapOptions,
): Promise<void> {
  const dest = await ipvs.getDest(service, name);
  if (dest === undefined) throw new Error('the service has no such real server');
  // From now on new connections go elsewhere; those that there are stay.
  await ipvs.updateDest(service, dest, { weight: 0 });
  try {
    await drained(ipvs, service, dest, options);
  } catch (error) {
    await ipvs.updateDest(service, dest, { weight: dest.weight });
    throw error;
  }
  await ipvs.removeDest(service, dest);
  await work();
  await ipvs.addDest(service, dest);
}

async function drained(
  ipvs: Ipvs,
  service: ServiceName,
  dest: Destination,
  { deadline, interval }: SwapOptions,
): Promise<void> {
  const end = performance.now() + deadline;
  while (true) {
    const now = await ipvs.getDest(service, dest);
    const active = now?.activeConnections ?? 0;
    if (active === 0) return;
    if (performance.now() >= end) {
      throw new Error(`${dest.address} still has ${active} connections after ${deadline} ms`);
    }
    await sleep(interval);
  }
}
