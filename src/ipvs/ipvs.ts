import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import type { Restored, SaveOptions } from '../ipvsadm/index.js';
import { restore, save } from '../ipvsadm/index.js';
import { inspectHandle, KeyedQueue } from '../native/index.js';
import type { CallOptions, OpenOptions } from '../options/index.js';
import type { ImportOptions, IpvsState } from '../state/index.js';
import { exportState, importState } from '../state/index.js';
import type { IpvsInfo, Timeouts } from './config.js';
import { Config } from './config.js';
import type {
  ConnectionCount,
  ConnectionOptions,
  CountedBy,
  CountOptions,
  IpvsConnection,
} from './connection-types.js';
import { Connections } from './connections.js';
import type { IpvsCore } from './core.js';
import { Dests } from './dests.js';
import { openIpvs } from './open.js';
import { resolveService } from './service-name.js';
import { writeServiceKey } from './service-record.js';
import { Services } from './services.js';
import type { Snapshot, SnapshotOptions } from './snapshot.js';
import { takeSnapshot } from './snapshot.js';
import type { CounterOf, CounterOptions } from './stats.js';
import type { SyncDaemon, SyncDaemonConfig, SyncState } from './sync-daemons.js';
import { SyncDaemons } from './sync-daemons.js';
import { IpvsSysctl } from './sysctl.js';
import { readTotals } from './totals.js';
import type {
  DestConfig,
  Destination,
  DestName,
  DestSettings,
  Ensured,
  Service,
  ServiceConfig,
  ServiceName,
  ServiceSettings,
  Stats,
} from './types.js';

/**
 * The Linux Virtual Server of one network namespace: its services, their destinations and the
 * connections between them. All that `ipvsadm(8)` does, over one netlink socket.
 *
 * Calls made in the same tick reach the kernel as one batch, so `Promise.all` over many calls is the
 * way to do many things at once; each call succeeds or fails by itself. Every call takes
 * {@link CallOptions} last. Beside the errors that its own text names, a call may reject with
 *
 * - a `TypeError` or `RangeError` with one of Node's `ERR_…` codes, before the kernel sees anything,
 * - a {@link KernelError}: `EPERM` without CAP_NET_ADMIN in the initial user namespace, `ENOPROTOOPT`
 *   when the module was unloaded,
 * - a {@link HandleError}: closed, timed out, or an outcome that could not be found out.
 *
 * Rests on `<linux/ip_vs.h>` and the kernel's `net/netfilter/ipvs/ip_vs_ctl.c`.
 */
export class Ipvs {
  /** The knobs of `net.ipv4.vs` in this network namespace. */
  readonly sysctl: IpvsSysctl;
  readonly #core: IpvsCore;
  readonly #services: Services;
  readonly #dests: Dests;
  readonly #connections: Connections;
  readonly #config: Config;
  readonly #daemons: SyncDaemons;

  /**
   * Opens a handle: a thread and a socket in the given network namespace. The kernel loads its IPVS
   * module by itself if it has one.
   *
   * @throws KernelError `ENOENT`: no IPVS in this kernel, or no such namespace. `EPERM`: a
   *   capability is missing; the message says which and where.
   * @throws LoadError This is not Linux, or the addon can't be loaded.
   */
  static async open(options: OpenOptions = {}): Promise<Ipvs> {
    const ipvs = new Ipvs(await openIpvs(options));
    try {
      await ipvs.#config.info(options, 'open IPVS');
    } catch (error) {
      await ipvs.close();
      throw error;
    }
    return ipvs;
  }

  private constructor(core: IpvsCore) {
    const updates = new KeyedQueue();
    this.#core = core;
    this.#services = new Services(core, updates);
    this.#dests = new Dests(core, this.#services, updates);
    this.#connections = new Connections(core);
    this.#config = new Config(core);
    this.#daemons = new SyncDaemons(core);
    this.sysctl = new IpvsSysctl(core);
  }

  /**
   * Adds a virtual service (`ipvsadm -A`).
   *
   * @throws KernelError `EEXIST`: it exists. `ENOENT`: the kernel has no such scheduler or engine.
   */
  addService(service: ServiceConfig, options?: CallOptions): Promise<void> {
    return this.#services.add(service, options);
  }

  /**
   * Changes what the patch names and keeps everything else (`ipvsadm -E` replaces it all).
   *
   * @throws KernelError `ESRCH`: there is no such service. `ENOENT`: no such scheduler or engine.
   */
  updateService(
    service: ServiceName,
    patch: ServiceSettings,
    options?: CallOptions,
  ): Promise<void> {
    return this.#services.update(service, patch, options);
  }

  /**
   * Removes a service and its destinations (`ipvsadm -D`). Connections live on until they end or
   * time out.
   *
   * @throws KernelError `ESRCH`: there is no such service.
   */
  removeService(service: ServiceName, options?: CallOptions): Promise<void> {
    return this.#services.remove(service, options);
  }

  /** The service as the kernel has it, or `undefined`. */
  getService<const O extends CallOptions & CounterOptions>(
    service: ServiceName,
    options?: O,
  ): Promise<Service<CounterOf<O>> | undefined> {
    return this.#services.get(service, options) as Promise<Service<CounterOf<O>> | undefined>;
  }

  /** All services (`ipvsadm -L -n`), in the kernel's order; `[]` where there is none. */
  listServices<const O extends CallOptions & CounterOptions>(
    options?: O,
  ): Promise<Service<CounterOf<O>>[]> {
    return this.#services.list(options) as Promise<Service<CounterOf<O>>[]>;
  }

  /**
   * Makes sure that the service exists with the settings that are named here. A service that is
   * there keeps its other settings; one that is not gets the defaults for them.
   *
   * @throws KernelError `ENOENT`: the kernel has no such scheduler or engine.
   */
  ensureService(service: ServiceConfig, options?: CallOptions): Promise<Ensured> {
    return this.#services.ensure(service, options);
  }

  /**
   * Adds a real server to a service (`ipvsadm -a`).
   *
   * @throws KernelError `EEXIST`: the service has it. `ESRCH`: there is no such service. `EINVAL`:
   *   the kernel takes no such address.
   */
  addDest(service: ServiceName, dest: DestConfig | string, options?: CallOptions): Promise<void> {
    return this.#dests.add(service, dest, options);
  }

  /**
   * Changes what the patch names and keeps everything else (`ipvsadm -e` replaces it all).
   *
   * @throws KernelError `ESRCH`: there is no such service. `ENOENT`: it has no such destination.
   */
  updateDest(
    service: ServiceName,
    dest: DestName,
    patch: DestSettings,
    options?: CallOptions,
  ): Promise<void> {
    return this.#dests.update(service, dest, patch, options);
  }

  /**
   * Removes a real server from a service (`ipvsadm -d`). Its connections live on until they end or
   * time out; to let them, set its weight to 0 first.
   *
   * @throws KernelError `ESRCH`: there is no such service. `ENOENT`: it has no such destination.
   */
  removeDest(service: ServiceName, dest: DestName, options?: CallOptions): Promise<void> {
    return this.#dests.remove(service, dest, options);
  }

  /** The destination as the kernel has it, or `undefined`. */
  getDest<const O extends CallOptions & CounterOptions>(
    service: ServiceName,
    dest: DestName,
    options?: O,
  ): Promise<Destination<CounterOf<O>> | undefined> {
    return this.#dests.get(service, dest, options) as Promise<
      Destination<CounterOf<O>> | undefined
    >;
  }

  /**
   * The destinations of a service, in the kernel's order; `[]` where it has none.
   *
   * @throws KernelError `ESRCH`: there is no such service.
   */
  listDests<const O extends CallOptions & CounterOptions>(
    service: ServiceName,
    options?: O,
  ): Promise<Destination<CounterOf<O>>[]> {
    return this.#dests.list(service, options) as Promise<Destination<CounterOf<O>>[]>;
  }

  /**
   * Makes sure that the service has this destination with the settings that are named here. One that
   * is there keeps its other settings; one that is not gets the defaults for them.
   *
   * @throws KernelError `ESRCH`: there is no such service.
   */
  ensureDest(
    service: ServiceName,
    dest: DestConfig | string,
    options?: CallOptions,
  ): Promise<Ensured> {
    return this.#dests.ensure(service, dest, options);
  }

  /**
   * All services with all their destinations, fast on thousands of services. The kernel has no way
   * to read them in one piece: `torn` tells whether somebody else changed something meanwhile.
   */
  snapshot<const O extends SnapshotOptions>(options?: O): Promise<Snapshot<CounterOf<O>>> {
    return takeSnapshot(this.#core, options) as Promise<Snapshot<CounterOf<O>>>;
  }

  /**
   * The connection table (`ipvsadm -L -c`), row by row. It is read while you iterate, so it may lack
   * or repeat rows that change meanwhile. Leave the loop whenever you like.
   */
  listConnections(
    options: ConnectionOptions = {},
  ): AsyncGenerator<IpvsConnection, void, undefined> {
    return this.#connections.list(options);
  }

  /** The connection table in pages of many rows, which is faster than row by row. */
  listConnectionPages(
    options: ConnectionOptions = {},
  ): AsyncGenerator<IpvsConnection[], void, undefined> {
    return this.#connections.pages(options);
  }

  /**
   * Counts connections by what they have in common, while the table is read: no row of it reaches
   * JavaScript, so this takes hardly longer than the kernel does. In no particular order.
   *
   * @example `await ipvs.countConnections({ by: ['dest', 'state'] })`
   */
  countConnections<const By extends CountedBy = never>(
    options: CountOptions<By> = {},
  ): Promise<ConnectionCount<By>[]> {
    return this.#connections.count(options) as Promise<ConnectionCount<By>[]>;
  }

  /** Removes all services and destinations (`ipvsadm -C`). Connections live on. */
  flush(options?: CallOptions): Promise<void> {
    return this.#core.change('flush', { operation: 'remove all services' }, options);
  }

  /**
   * Sets the counters of one service and its destinations, or of everything, back to zero
   * (`ipvsadm -Z`). Current connections are still counted as such.
   *
   * @throws KernelError `ESRCH`: there is no such service.
   */
  async zero(service?: ServiceName, options?: CallOptions): Promise<void> {
    if (service === undefined) {
      await this.#core.change('zero', { operation: 'zero all counters' }, options);
      return;
    }
    const resolved = resolveService(service);
    await this.#core.change(
      'zero',
      {
        operation: 'zero the counters of',
        object: resolved.name,
        write: (arena) => writeServiceKey(this.#core.tables.service, arena, resolved),
      },
      options,
    );
  }

  /**
   * The counters of the whole namespace, from `/proc/net/ip_vs_stats`: netlink tells those of
   * services and destinations only, which go when these are removed.
   */
  stats<const O extends CallOptions & CounterOptions>(options?: O): Promise<Stats<CounterOf<O>>> {
    return readTotals(this.#core, options) as Promise<Stats<CounterOf<O>>>;
  }

  /** Timeouts of connections (`ipvsadm -L --timeout`), in seconds. */
  getTimeouts(options?: CallOptions): Promise<Timeouts> {
    return this.#config.getTimeouts(options);
  }

  /** Sets those timeouts that are named (`ipvsadm --set`), in seconds: 1 to 2147483. */
  setTimeouts(timeouts: Partial<Timeouts>, options?: CallOptions): Promise<void> {
    return this.#config.setTimeouts(timeouts, options);
  }

  /**
   * Starts the thread that sends connections to other directors, or the one that receives them
   * (`ipvsadm --start-daemon`). Both may run at once.
   *
   * @throws KernelError `EEXIST`: one of that state runs. `ENODEV`: no such device. `EINVAL`: a
   *   service has destinations of another family.
   */
  startSyncDaemon(daemon: SyncDaemonConfig, options?: CallOptions): Promise<void> {
    return this.#daemons.start(daemon, options);
  }

  /**
   * Stops a sync daemon (`ipvsadm --stop-daemon`).
   *
   * @throws KernelError `ESRCH`: none of that state runs.
   */
  stopSyncDaemon(state: SyncState, options?: CallOptions): Promise<void> {
    return this.#daemons.stop(state, options);
  }

  /** The sync daemons that run (`ipvsadm -L --daemon`): none, one or both. */
  listSyncDaemons(options?: CallOptions): Promise<SyncDaemon[]> {
    return this.#daemons.list(options);
  }

  /**
   * All services and destinations as rules of ipvsadm (`ipvsadm -S -n`), in the same order and
   * spelling; see {@link formatRules} for what differs. Thresholds are left out unless asked for;
   * timeouts, sync daemons and whatever ipvsadm has no words for are in {@link Ipvs.exportState}.
   *
   * @throws TypeError `ERR_INVALID_ARG_VALUE`: there is something that ipvsadm has no words for.
   * @throws LvsError `ERR_LVS_TORN`: somebody else changed something each time it was read.
   */
  save(options?: SaveOptions): Promise<string> {
    return save(this, options);
  }

  /**
   * Applies rules as `ipvsadm -R` does: a command on each line, see {@link parseRule}; empty lines
   * and what follows a `#` are passed over. All lines are read before any is applied. They are
   * applied in order, but lines next to each other that add something go to the kernel at once,
   * services first.
   *
   * If the kernel refuses a line, what had been applied is undone: services, destinations, timeouts
   * and sync daemons that the lines name are again as they were. Counters that were zeroed, or that
   * belonged to something removed, are lost.
   *
   * @throws RestoreError `ERR_LVS_RULES`: lines that can't be read; `errors` has them all.
   *   `ERR_LVS_RESTORE`: the kernel refused a line.
   */
  restore(text: string, options?: CallOptions): Promise<Restored> {
    return restore(this, text, options);
  }

  /**
   * All that is configured, as plain data for `JSON.stringify`: services, destinations, timeouts and
   * sync daemons.
   *
   * @throws LvsError `ERR_LVS_TORN`: somebody else changed something each time it was read.
   */
  exportState(options?: CallOptions): Promise<IpvsState> {
    return exportState(this, options);
  }

  /**
   * Configures what {@link Ipvs.exportState} read. With `{ replace: true }` the outcome is exactly
   * that state, and whatever is so already keeps its counters; otherwise it is added to what is
   * there. If the kernel refuses something, what had been done is undone.
   *
   * @throws KernelError The kernel refused something, such as a service that exists (`EEXIST`).
   * @throws LvsError `ERR_LVS_UNDO`: and what had been done could not be undone.
   */
  importState(state: IpvsState, options?: ImportOptions): Promise<void> {
    return importState(this, state, options);
  }

  /** Version of IPVS and size of its connection table. */
  info(options?: CallOptions): Promise<IpvsInfo> {
    return this.#config.info(options);
  }

  /** Waits for what is in flight and closes the handle. Calling it again does no harm. */
  close(): Promise<void> {
    return this.#core.connection.close();
  }

  /** Closes the handle at the end of `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspectHandle('Ipvs', this.#core.connection, depth, options);
  }
}
