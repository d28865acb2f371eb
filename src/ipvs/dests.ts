import { constants } from 'node:os';
import type { KernelError } from '../errors/index.js';
import { invalidValue } from '../errors/index.js';
import type { Arena, KeyedQueue, Results } from '../native/index.js';
import { Failure } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import type { IpvsCore } from './core.js';
import type { DestWriter, Place } from './dest-change.js';
import { DestChange, objectOf } from './dest-change.js';
import type { ResolvedDest } from './dest-name.js';
import { destName, resolveDest } from './dest-name.js';
import { readDest, writeDestKey } from './dest-record.js';
import type { FullDestSettings } from './dest-settings.js';
import {
  checkDestPatch,
  completeDest,
  destSettingsOf,
  mergeDest,
  sameDestSettings,
} from './dest-settings.js';
import { explainFailure } from './explain.js';
import type { ResolvedService } from './service-name.js';
import { resolveService } from './service-name.js';
import { writeServiceKey } from './service-record.js';
import type { Services } from './services.js';
import type { CounterOptions } from './stats.js';
import { wantsBigInt } from './stats.js';
import type {
  DestConfig,
  Destination,
  DestName,
  DestSettings,
  Ensured,
  ServiceName,
} from './types.js';

/** What `Ipvs` does with destinations. */
export class Dests {
  readonly #core: IpvsCore;
  readonly #services: Services;
  readonly #updates: KeyedQueue;
  /** Listings asked for in this tick, which updates of several destinations share. */
  readonly #listings = new Map<string, Promise<Destination<number | bigint>[]>>();

  readonly #writer: DestWriter;
  #last: { readonly name: string; readonly service: ResolvedService } | undefined;
  #lastSettings: FullDestSettings | undefined;

  constructor(core: IpvsCore, services: Services, updates: KeyedQueue) {
    this.#core = core;
    this.#services = services;
    this.#updates = updates;
    this.#writer = {
      tables: core.tables,
      isThere: (place, settings) => this.#isThere(place, settings),
    };
  }

  /** Not async: ten thousand of these wait at once, and each would keep a frame of its own. */
  add(name: ServiceName, config: DestConfig | string, options?: CallOptions): Promise<void> {
    try {
      const place = this.#place(name, config);
      const settings = completeDest(place.service, place.dest, configOf(config, place.dest));
      return this.#write('addDest', 'add destination', place, settings, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async update(
    name: ServiceName,
    dest: DestName,
    patch: DestSettings,
    options?: CallOptions,
  ): Promise<void> {
    const place = this.#place(name, dest);
    checkDestPatch(patch);
    await this.#updates.run(keyOf(place), async () => {
      const seen = await this.#find(place, options);
      if (seen === undefined) throw await this.#missing(place, options);
      await this.#patch(place, seen, patch, options);
    });
  }

  async remove(name: ServiceName, dest: DestName, options?: CallOptions): Promise<void> {
    const place = this.#place(name, dest);
    const { service, dest: fields } = this.#core.tables;
    await this.#core.change(
      'removeDest',
      {
        operation: 'remove destination',
        object: objectOf(place),
        write: (arena) => {
          writeServiceKey(service, arena, place.service);
          writeDestKey(fields, arena, place.dest);
        },
        isDone: async () => (await this.#find(place)) === undefined,
      },
      options,
    );
  }

  async get(
    name: ServiceName,
    dest: DestName,
    options?: CallOptions & CounterOptions,
  ): Promise<Destination<number | bigint> | undefined> {
    const { service, dest: wanted } = this.#place(name, dest);
    const dests = await this.listResolved(service, options);
    return dests.find((candidate) => isSame(candidate, wanted));
  }

  async list(
    name: ServiceName,
    options?: CallOptions & CounterOptions,
  ): Promise<Destination<number | bigint>[]> {
    return await this.listResolved(resolveService(name), options);
  }

  /** The kernel answers for a service that is not there as for one without destinations. */
  async listResolved(
    service: ResolvedService,
    options?: CallOptions & CounterOptions,
  ): Promise<Destination<number | bigint>[]> {
    const rows = await this.listUnchecked(service, options);
    if (rows.length === 0) await this.#services.require(service, 'list destinations', options);
    return rows;
  }

  /** `[]` also for a service that is not there. */
  async listUnchecked(
    service: ResolvedService,
    options: CallOptions & CounterOptions = {},
  ): Promise<Destination<number | bigint>[]> {
    const { service: serviceFields, dest: fields } = this.#core.tables;
    const bigint = wantsBigInt(options);
    const query = {
      operation: 'list destinations',
      object: service.name,
      write: (arena: Arena) => writeServiceKey(serviceFields, arena, service),
      read: (rows: Results, at: number) => readDest(fields, rows, at, bigint),
    };
    return (await this.#core.query('listDests', query, options)).rows;
  }

  async ensure(
    name: ServiceName,
    config: DestConfig | string,
    options?: CallOptions,
  ): Promise<Ensured> {
    const place = this.#place(name, config);
    const wanted = configOf(config, place.dest);
    const complete = completeDest(place.service, place.dest, wanted);
    return await this.#updates.run(keyOf(place), async () => {
      const seen = await this.#find(place, options);
      if (seen !== undefined) {
        return this.#patch(place, seen, namedSettings(wanted), options);
      }
      await this.#write('addDest', 'add destination', place, complete, options);
      return 'created';
    });
  }

  async #patch(
    place: Place,
    seen: Destination<number | bigint>,
    patch: DestSettings,
    options: CallOptions | undefined,
  ): Promise<'updated' | 'unchanged'> {
    const before = destSettingsOf(seen);
    const after = mergeDest(place.service, place.dest, before, patch);
    if (sameDestSettings(before, after)) return 'unchanged';
    await this.#write('setDest', 'update destination', place, after, options);
    return 'updated';
  }

  /** Says itself that there is nothing to update: to ask the kernel would race with an `addDest`. */
  async #missing(place: Place, options: CallOptions | undefined): Promise<KernelError> {
    const operation = 'update destination';
    await this.#services.require(place.service, operation, options);
    const failure = new Failure(-constants.errno.ENOENT, 0, {});
    return await explainFailure('setDest', { operation, object: objectOf(place) }, failure);
  }

  async #find(
    place: Place,
    options?: CallOptions,
  ): Promise<Destination<number | bigint> | undefined> {
    const rows = await this.#sharedListing(place.service, options);
    return rows.find((candidate) => isSame(candidate, place.dest));
  }

  /** One listing serves all who ask in the same tick: they all would see the same. */
  #sharedListing(
    service: ResolvedService,
    options: CallOptions = {},
  ): Promise<Destination<number | bigint>[]> {
    if (options.signal !== undefined) return this.listUnchecked(service, options);
    const shared = this.#listings.get(service.name);
    if (shared !== undefined) return shared;
    const listing = this.listUnchecked(service, options);
    this.#listings.set(service.name, listing);
    queueMicrotask(() =>
      process.nextTick(() => {
        if (this.#listings.get(service.name) === listing) this.#listings.delete(service.name);
      }),
    );
    return listing;
  }

  #place(name: ServiceName, dest: DestName | DestConfig): Place {
    const service = this.#resolve(name);
    return { service, dest: resolveDest(service, dest) };
  }

  /** Calls for one service come in long rows, so its name is read once for all of them. */
  #resolve(name: ServiceName): ResolvedService {
    if (typeof name !== 'string') return resolveService(name);
    if (this.#last?.name !== name) this.#last = { name, service: resolveService(name) };
    return this.#last.service;
  }

  #write(
    name: 'addDest' | 'setDest',
    operation: string,
    place: Place,
    settings: FullDestSettings,
    options: CallOptions | undefined,
  ): Promise<void> {
    // A listing of this tick that was asked for before would not show what is written now.
    this.#listings.delete(place.service.name);
    const change = new DestChange(operation, place, this.#sameSettings(settings), this.#writer);
    return this.#core.change(name, change, options);
  }

  /** Calls in long rows mostly ask for the same, which is kept once then. */
  #sameSettings(settings: FullDestSettings): FullDestSettings {
    const last = this.#lastSettings;
    if (last !== undefined && last.tunnel === undefined && sameDestSettings(last, settings)) {
      return last;
    }
    this.#lastSettings = settings;
    return settings;
  }

  async #isThere(place: Place, settings: FullDestSettings): Promise<boolean> {
    const seen = await this.#find(place);
    return seen !== undefined && sameDestSettings(destSettingsOf(seen), settings);
  }
}

function keyOf({ service, dest }: Place): string {
  return `${service.name} ${destName(dest)}`;
}

function isSame(seen: Destination<number | bigint>, dest: ResolvedDest): boolean {
  return seen.address === dest.address && seen.port === dest.port;
}

function configOf(config: DestConfig | string, dest: ResolvedDest): DestSettings {
  if (typeof config === 'string') return {};
  if (config.family !== undefined && config.family !== dest.family) {
    throw invalidValue('dest.family', `'${dest.family}', as the address is`, config.family);
  }
  return config as DestSettings;
}

/** The settings among what `ensureDest` was given. */
function namedSettings(config: DestSettings): DestSettings {
  const { fwd, weight, upperThreshold, lowerThreshold, tunnel } = config;
  return {
    ...(fwd !== undefined && { fwd }),
    ...(weight !== undefined && { weight }),
    ...(upperThreshold !== undefined && { upperThreshold }),
    ...(lowerThreshold !== undefined && { lowerThreshold }),
    ...(tunnel !== undefined && { tunnel }),
  };
}
