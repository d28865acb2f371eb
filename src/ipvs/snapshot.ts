import type { CallOptions } from '../options/index.js';
import { checkChoice } from '../options/index.js';
import { destSettingsOf, sameDestSettings } from './dest-settings.js';
import type { Dests } from './dests.js';
import { resolveService } from './service-name.js';
import { sameServiceSettings, settingsOf } from './service-settings.js';
import type { Services } from './services.js';
import type { CounterOptions } from './stats.js';
import type { Destination, Service } from './types.js';

/** A service with its destinations. */
export type ServiceTree<Counter extends number | bigint = number> = Service<Counter> & {
  /** In the kernel's order: the newest first. */
  readonly dests: readonly Destination<Counter>[];
};

/** All services with all their destinations. */
export interface Snapshot<Counter extends number | bigint = number> {
  /** In the kernel's order. */
  readonly services: readonly ServiceTree<Counter>[];
  /**
   * Somebody changed something while it was being read, so that parts of it may be from before and
   * parts from after that change.
   */
  readonly torn: boolean;
}

/** How a snapshot is taken. */
export interface SnapshotOptions extends CallOptions, CounterOptions {
  /**
   * What is read a second time to find out whether it changed meanwhile: the list of services, or
   * everything, which takes twice as long. Changes to destinations go unnoticed with `'services'`.
   * Default: `'services'`.
   */
  readonly verify?: 'services' | 'all' | undefined;
}

type Tree = ServiceTree<number | bigint>;

const verifications = ['services', 'all'] as const;

/** Reads the whole tree in two batches: the services, then the destinations of all of them. */
export async function takeSnapshot(
  services: Services,
  dests: Dests,
  options: SnapshotOptions = {},
): Promise<Snapshot<number | bigint>> {
  const { verify = 'services', ...reading } = options;
  checkChoice('verify', verify, verifications);
  const first = await readTree(services, dests, reading);
  if (verify === 'services') {
    const now = await services.list(reading);
    return { services: first, torn: !sameServices(first, now) };
  }
  const second = await readTree(services, dests, reading);
  return { services: second, torn: !(sameServices(first, second) && sameDests(first, second)) };
}

async function readTree(
  services: Services,
  dests: Dests,
  options: CallOptions & CounterOptions,
): Promise<Tree[]> {
  const list = await services.list(options);
  const destinations = await Promise.all(
    list.map((service) => dests.listUnchecked(resolveService(service), options)),
  );
  return list.map((service, index) => ({ ...service, dests: destinations[index] ?? [] }));
}

/** The kernel lists what has not changed in the same order, so names are seldom looked for. */
function sameServices(
  before: readonly Service<number | bigint>[],
  after: readonly Service<number | bigint>[],
): boolean {
  if (before.length !== after.length) return false;
  if (before.every((service, index) => isSameService(service, after[index]))) return true;
  const known = new Map(after.map((service) => [resolveService(service).name, service]));
  return before.every((service) => isSameService(service, known.get(resolveService(service).name)));
}

function isSameService(
  a: Service<number | bigint>,
  b: Service<number | bigint> | undefined,
): boolean {
  return (
    b !== undefined &&
    a.fwmark === b.fwmark &&
    a.family === b.family &&
    a.protocol === b.protocol &&
    a.address === b.address &&
    a.port === b.port &&
    sameServiceSettings(settingsOf(a), settingsOf(b))
  );
}

function sameDests(before: readonly Tree[], after: readonly Tree[]): boolean {
  return before.every((tree, index) => {
    const others = after[index]?.dests ?? [];
    return (
      tree.dests.length === others.length &&
      tree.dests.every((dest, place) => isSameDest(dest, others[place]))
    );
  });
}

function isSameDest(
  a: Destination<number | bigint>,
  b: Destination<number | bigint> | undefined,
): boolean {
  return (
    b !== undefined &&
    a.address === b.address &&
    a.port === b.port &&
    sameDestSettings(destSettingsOf(a), destSettingsOf(b))
  );
}
