import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import { inspectHandle } from '../native/index.js';
import type { CallOptions, OpenOptions } from '../options/index.js';
import type {
  ConnectionCount,
  ConnectionOptions,
  CountedBy,
  CountOptions,
  IpvsConnection,
} from './connection-types.js';
import { Connections } from './connections.js';
import type { IpvsCore } from './core.js';
import { openIpvs } from './open.js';
import type { ProcService } from './proc-services.js';
import { parseProcServices, procLimits } from './proc-services.js';
import type { CounterOf, CounterOptions } from './stats.js';
import { readTotals } from './totals.js';
import type { Stats } from './types.js';

/**
 * IPVS as any user may see it: reads the world-readable files `/proc/net/ip_vs*`, where netlink
 * needs CAP_NET_ADMIN. They tell less than netlink; {@link IpvsReader.limits} says what is missing.
 */
export class IpvsReader {
  /** What this source does not tell, each in a few words. */
  readonly limits: readonly string[] = procLimits;
  readonly #core: IpvsCore;
  readonly #connections: Connections;

  /**
   * Opens a reader. IPVS has to be loaded already.
   *
   * @throws KernelError `ENOENT`: IPVS is not loaded, or there is no such namespace.
   */
  static async open(options: OpenOptions = {}): Promise<IpvsReader> {
    return new IpvsReader(await openIpvs(options));
  }

  private constructor(core: IpvsCore) {
    this.#core = core;
    this.#connections = new Connections(core);
  }

  /** All services with their destinations, as far as `/proc/net/ip_vs` tells. */
  async listServices(options?: CallOptions): Promise<ProcService[]> {
    return parseProcServices(await this.#core.file('readServicesFile', 'read services', options));
  }

  /** The connection table; the same as {@link Ipvs.listConnections}, which has no other source. */
  listConnections(
    options: ConnectionOptions = {},
  ): AsyncGenerator<IpvsConnection, void, undefined> {
    return this.#connections.list(options);
  }

  /** Counts connections by what they have in common; the same as {@link Ipvs.countConnections}. */
  countConnections<const By extends CountedBy = never>(
    options: CountOptions<By> = {},
  ): Promise<ConnectionCount<By>[]> {
    return this.#connections.count(options) as Promise<ConnectionCount<By>[]>;
  }

  /** The counters of the whole namespace. */
  stats<const O extends CallOptions & CounterOptions>(options?: O): Promise<Stats<CounterOf<O>>> {
    return readTotals(this.#core, options) as Promise<Stats<CounterOf<O>>>;
  }

  /** Waits for what is in flight and closes the reader. Calling it again does no harm. */
  close(): Promise<void> {
    return this.#core.connection.close();
  }

  /** Closes the reader at the end of `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspectHandle('IpvsReader', this.#core.connection, depth, options);
  }
}
