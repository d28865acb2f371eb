import { invalidValue, KernelError } from '../errors/index.js';
import type { KeyedQueue } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import type { IpvsCore } from './core.js';
import type { ResolvedService } from './service-name.js';
import { isServiceProtocol, resolveService } from './service-name.js';
import { readService, writeService, writeServiceKey } from './service-record.js';
import type { FullServiceSettings } from './service-settings.js';
import {
  checkServicePatch,
  completeService,
  mergeService,
  sameServiceSettings,
  settingsOf,
} from './service-settings.js';
import type { CounterOptions } from './stats.js';
import { wantsBigInt } from './stats.js';
import type { Ensured, Service, ServiceConfig, ServiceName, ServiceSettings } from './types.js';

/** What `Ipvs` does with services. */
export class Services {
  readonly #core: IpvsCore;
  readonly #updates: KeyedQueue;

  constructor(core: IpvsCore, updates: KeyedQueue) {
    this.#core = core;
    this.#updates = updates;
  }

  /** Not async: many of these wait at once, and each would keep a frame of its own. */
  add(config: ServiceConfig, options?: CallOptions): Promise<void> {
    try {
      const service = resolveService(config);
      if (service.fwmark === undefined && !isServiceProtocol(service.protocol)) {
        throw invalidValue('service.protocol', "'tcp', 'udp' or 'sctp'", service.protocol);
      }
      const settings = completeService(service.family, config);
      return this.#write('addService', 'add service', service, settings, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async update(name: ServiceName, patch: ServiceSettings, options?: CallOptions): Promise<void> {
    const service = resolveService(name);
    checkServicePatch(patch);
    await this.#updates.run(service.name, () => this.#patch(service, patch, options));
  }

  async remove(name: ServiceName, options?: CallOptions): Promise<void> {
    const service = resolveService(name);
    await this.#core.change(
      'removeService',
      {
        operation: 'remove service',
        object: service.name,
        write: (arena) => writeServiceKey(this.#core.tables.service, arena, service),
        isDone: async () => (await this.find(service)) === undefined,
      },
      options,
    );
  }

  async get(
    name: ServiceName,
    options?: CallOptions & CounterOptions,
  ): Promise<Service<number | bigint> | undefined> {
    return await this.find(resolveService(name), options);
  }

  async list(options: CallOptions & CounterOptions = {}): Promise<Service<number | bigint>[]> {
    const fields = this.#core.tables.service;
    const bigint = wantsBigInt(options);
    const reply = await this.#core.query(
      'listServices',
      {
        operation: 'list services',
        read: (rows, at) => readService(fields, rows, at, bigint),
      },
      options,
    );
    return reply.rows;
  }

  async ensure(config: ServiceConfig, options?: CallOptions): Promise<Ensured> {
    const service = resolveService(config);
    const complete = completeService(service.family, config);
    return await this.#updates.run(service.name, async () => {
      const seen = await this.find(service, options);
      if (seen === undefined) {
        await this.#write('addService', 'add service', service, complete, options);
        return 'created';
      }
      return this.#patch(service, namedSettings(config), options, seen);
    });
  }

  /** The service as the kernel has it, or `undefined`. */
  async find(
    service: ResolvedService,
    options?: CallOptions & CounterOptions,
  ): Promise<Service<number | bigint> | undefined> {
    try {
      return await this.require(service, 'get service', options);
    } catch (error) {
      if (error instanceof KernelError && error.code === 'ESRCH') return undefined;
      throw error;
    }
  }

  /** The service as the kernel has it; throws where it is not. */
  async require(
    service: ResolvedService,
    operation: string,
    options: CallOptions & CounterOptions = {},
  ): Promise<Service<number | bigint>> {
    const fields = this.#core.tables.service;
    const bigint = wantsBigInt(options);
    return await this.#core.queryOne(
      'getService',
      {
        operation,
        object: service.name,
        write: (arena) => writeServiceKey(fields, arena, service),
        read: (rows, at) => readService(fields, rows, at, bigint),
      },
      options,
    );
  }

  async #patch(
    service: ResolvedService,
    patch: ServiceSettings,
    options: CallOptions | undefined,
    seen?: Service<number | bigint>,
  ): Promise<'updated' | 'unchanged'> {
    const current = seen ?? (await this.require(service, 'update service', options));
    const before = settingsOf(current);
    const after = mergeService(service.family, before, patch);
    if (sameServiceSettings(before, after)) return 'unchanged';
    await this.#write('setService', 'update service', service, after, options);
    return 'updated';
  }

  #write(
    name: 'addService' | 'setService',
    operation: string,
    service: ResolvedService,
    settings: FullServiceSettings,
    options: CallOptions | undefined,
  ): Promise<void> {
    return this.#core.change(
      name,
      {
        operation,
        object: service.name,
        scheduler: settings.scheduler,
        engine: settings.persistenceEngine,
        write: (arena) => writeService(this.#core.tables.service, arena, service, settings),
        isDone: async () => {
          const seen = await this.find(service);
          return seen !== undefined && sameServiceSettings(settingsOf(seen), settings);
        },
      },
      options,
    );
  }
}

/** The settings among what `ensureService` was given. */
function namedSettings(config: ServiceConfig): ServiceSettings {
  const { scheduler, schedulerFlags, onePacket } = config;
  return {
    ...(scheduler !== undefined && { scheduler }),
    ...(schedulerFlags !== undefined && { schedulerFlags }),
    ...(onePacket !== undefined && { onePacket }),
    ...('persistence' in config && { persistence: config.persistence }),
    ...('persistenceEngine' in config && { persistenceEngine: config.persistenceEngine }),
  };
}
