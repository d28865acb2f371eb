import { isDeepStrictEqual } from 'node:util';
import type { DestSettings, Ipvs, ServiceSettings, SyncDaemon } from '../ipvs/index.js';
import { formatServiceName, joinPort } from '../ipvs/service-name.js';
import type { CallOptions } from '../options/index.js';
import { settle } from './settle.js';
import type { DestState, PartialState, ServiceState } from './types.js';

/** A service that is there and shall be there. */
interface Pair {
  readonly wanted: ServiceState;
  readonly now: ServiceState;
}

/**
 * Makes what is there as it is wanted: removes what is not wanted, changes what differs, and leaves
 * alone what is right. Sync daemons are stopped first and started last, since with one running the
 * kernel takes no destinations of the other family.
 */
export async function converge(
  ipvs: Ipvs,
  wanted: PartialState,
  now: PartialState,
  options: CallOptions,
): Promise<void> {
  const running = now.syncDaemons ?? [];
  const daemons = wanted.syncDaemons ?? running;
  const there = new Map(now.services.map((service) => [formatServiceName(service), service]));
  const names = new Set(wanted.services.map(formatServiceName));
  const surplus = now.services.filter((service) => !names.has(formatServiceName(service)));
  const missing = wanted.services.filter((service) => !there.has(formatServiceName(service)));
  const pairs = wanted.services.flatMap((service): Pair[] => {
    const seen = there.get(formatServiceName(service));
    return seen === undefined ? [] : [{ wanted: service, now: seen }];
  });

  for (const { state } of without(running, daemons)) await ipvs.stopSyncDaemon(state, options);
  await settle(surplus.map((service) => ipvs.removeService(service, options)));
  await addServices(ipvs, missing, options);
  await updateServices(ipvs, pairs, options);
  if (wanted.timeouts !== undefined) await ipvs.setTimeouts(wanted.timeouts, options);
  for (const daemon of without(daemons, running)) await ipvs.startSyncDaemon(daemon, options);
}

/** Services and their destinations; the last goes first, as the kernel puts new ones in front. */
async function addServices(
  ipvs: Ipvs,
  services: readonly ServiceState[],
  options: CallOptions,
): Promise<void> {
  const reversed = [...services].reverse();
  await settle(reversed.map(({ dests: _, ...service }) => ipvs.addService(service, options)));
  await settle(reversed.flatMap((service) => addDests(ipvs, service, service.dests, options)));
}

async function updateServices(
  ipvs: Ipvs,
  pairs: readonly Pair[],
  options: CallOptions,
): Promise<void> {
  await settle(
    pairs.flatMap(({ wanted, now }) =>
      missingFrom(wanted, now.dests).map((dest) => ipvs.removeDest(wanted, dest, options)),
    ),
  );
  await settle(
    pairs.flatMap(({ wanted, now }) => {
      const missing = missingFrom(now, wanted.dests);
      const present = wanted.dests.filter((dest) => !missing.includes(dest));
      return [
        ipvs.updateService(wanted, settingsOf(wanted), options),
        ...present.map((dest) => ipvs.updateDest(wanted, dest, destSettingsOf(dest), options)),
        ...addDests(ipvs, wanted, missing, options),
      ];
    }),
  );
}

function addDests(
  ipvs: Ipvs,
  service: ServiceState,
  dests: readonly DestState[],
  options: CallOptions,
): Promise<void>[] {
  return [...dests].reverse().map((dest) => ipvs.addDest(service, dest, options));
}

/** Those among `dests` that the service has not. */
function missingFrom(service: ServiceState, dests: readonly DestState[]): DestState[] {
  const names = new Set(service.dests.map(destName));
  return dests.filter((dest) => !names.has(destName(dest)));
}

function destName({ address, port }: DestState): string {
  return joinPort(address, port);
}

function settingsOf(service: ServiceState): ServiceSettings {
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = service;
  return { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine };
}

/** What has no name in this package is refused by the call that it is handed to. */
function destSettingsOf(dest: DestState): DestSettings {
  const { fwd, weight, upperThreshold, lowerThreshold, tunnel } = dest;
  const settings = { fwd, weight, upperThreshold, lowerThreshold, ...(tunnel && { tunnel }) };
  return settings as DestSettings;
}

/** The daemons of the one list that are not in the other just so. */
function without(
  daemons: readonly SyncDaemon[],
  others: readonly SyncDaemon[],
): readonly SyncDaemon[] {
  return daemons.filter((daemon) => !others.some((other) => isDeepStrictEqual(daemon, other)));
}
