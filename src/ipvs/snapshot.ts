import type { Results } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkChoice } from '../options/index.js';
import type { IpvsCore } from './core.js';
import { readDest } from './dest-record.js';
import { readService } from './service-record.js';
import type { CounterOptions } from './stats.js';
import { wantsBigInt } from './stats.js';
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

/** In the order of `Verify` in `native/ipvs/snapshot.h`. */
const verifications = ['services', 'all'] as const;

/** Reads the whole tree in one request: each service comes with its destinations behind it. */
export async function takeSnapshot(
  core: IpvsCore,
  options: SnapshotOptions = {},
): Promise<Snapshot<number | bigint>> {
  const { verify = 'services', ...reading } = options;
  const argument = verifications.indexOf(checkChoice('verify', verify, verifications));
  const bigint = wantsBigInt(reading);
  const { service, dest } = core.tables;
  let dests: Destination<number | bigint>[] = [];
  const read = (rows: Results, at: number, table: number): Tree | undefined => {
    if (table !== dest.table.index) {
      dests = [];
      return Object.assign(readService(service, rows, at, bigint), { dests });
    }
    dests.push(readDest(dest, rows, at, bigint));
    return undefined;
  };
  const query = { operation: 'list services and destinations', argument, read };
  const { rows, interrupted } = await core.query('readSnapshot', query, reading);
  return { services: rows, torn: interrupted };
}

type Tree = ServiceTree<number | bigint>;
