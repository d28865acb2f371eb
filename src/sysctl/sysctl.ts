import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import type { Family } from '../address/index.js';
import { invalidValue, KernelError } from '../errors/index.js';
import type { Connection, Exchange, Protocol, Reply } from '../native/index.js';
import {
  explainPermission,
  Failure,
  inspectHandle,
  loadProtocol,
  openConnection,
} from '../native/index.js';
import type { CallOptions, OpenOptions } from '../options/index.js';
import { checkCallOptions, checkChoice, checkObject, checkText } from '../options/index.js';
import type { SysctlName, Sysctls } from './knobs.js';
import { formatValue, parseValue, pathOf, sysctlNames } from './knobs.js';

/** Which device's setting is meant. */
export interface SysctlOptions extends CallOptions {
  /**
   * The name of a device, `'all'`, or `'default'` for devices that are made later. Not for
   * `ip_forward` and `conntrack`, which are the whole namespace's. Default: `'all'`.
   */
  readonly device?: string | undefined;
  /** For `forwarding`, which both families have. Default: `'ipv6'`. */
  readonly family?: Family | undefined;
}

/** CAP_NET_ADMIN of linux/capability.h. */
const netAdmin = 12;

/**
 * The settings of one network namespace that LVS depends on, by the kernel's own names, each typed
 * and checked: what `sysctl net.…` reads and writes. Calls are carried out in order.
 */
export class Sysctl {
  readonly #connection: Connection;

  /**
   * Opens a handle: a thread in the given network namespace.
   *
   * @throws KernelError `ENOENT`: there is no such namespace; `EPERM`: joining it is not allowed.
   */
  static async open(options: OpenOptions = {}): Promise<Sysctl> {
    return new Sysctl(await openConnection(loadProtocol('sysctl'), options));
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Reads a setting.
   *
   * @throws KernelError `ENOENT`: there is no such device, or this kernel lacks the setting.
   */
  async get<N extends SysctlName>(name: N, options: SysctlOptions = {}): Promise<Sysctls[N]> {
    const path = resolve(name, options);
    const { rows } = await this.#request('read', 'read sysctl', path, options, {
      write: (arena) => arena.text(path),
      read: (results, at, _, size) => results.buffer.toString('latin1', at, at + size),
    });
    return parseValue(name, rows.join('')) as Sysctls[N];
  }

  /**
   * Writes a setting. Setting `all` to a number does not write those of the devices, yet counts for
   * each of them where it is the larger; `promote_secondaries` is on where either is.
   *
   * @throws KernelError `ENOENT`: there is no such device, or this kernel lacks the setting.
   *   `EACCES` or `EPERM`: it may not be written from here.
   */
  async set<N extends SysctlName>(
    name: N,
    value: Sysctls[N],
    options: SysctlOptions = {},
  ): Promise<void> {
    const path = resolve(name, options);
    const text = formatValue(name, value);
    await this.#request('write', 'write sysctl', path, options, {
      write: (arena) => {
        arena.text(path);
        arena.text(text);
      },
    });
  }

  /** Ends the thread once everything in flight has been answered. May be called again. */
  close(): Promise<void> {
    return this.#connection.close();
  }

  /** {@link Sysctl.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspectHandle('Sysctl', this.#connection, depth, options);
  }

  async #request<T>(
    name: 'read' | 'write',
    operation: string,
    path: string,
    { signal, timeout }: SysctlOptions,
    exchange: Pick<Exchange<T>, 'write' | 'read'>,
  ): Promise<Reply<T>> {
    const protocol: Protocol = this.#connection.protocol;
    try {
      const options = { signal, timeout };
      const about = { ...exchange, object: objectOf(path) };
      return await this.#connection.request(protocol.operation(name), about, options);
    } catch (error) {
      throw error instanceof Failure ? explain(error, operation, path) : error;
    }
  }
}

function resolve(name: unknown, options: SysctlOptions): string {
  checkObject('options', options, ['device', 'family', 'signal', 'timeout']);
  checkCallOptions(options);
  const { device, family } = options;
  if (family !== undefined) checkChoice('family', family, ['ipv4', 'ipv6']);
  if (device !== undefined) checkText('device', device, 15);
  if (device !== undefined && (device.includes('/') || device === '.' || device === '..')) {
    throw invalidValue('device', "a device's name, 'all' or 'default'", device);
  }
  return pathOf(checkChoice('name', name, sysctlNames), device, family);
}

/** `net.ipv4.ip_forward`, as sysctl(8) writes it. */
function objectOf(path: string): string {
  return `net.${path.replaceAll('/', '.')}`;
}

function explain(failure: Failure, operation: string, path: string): KernelError {
  const { errno, code } = failure;
  const [, family, , device] = /^(\w+)\/(conf)\/([^/]+)/.exec(path) ?? [];
  const reason = {
    ENOENT:
      device === undefined
        ? { cause: 'this kernel lacks the setting, or its module is not loaded' }
        : { cause: `there is no device ${device}, or it has no ${family}` },
    EPERM: explainPermission('CAP_NET_ADMIN', netAdmin),
    EACCES: explainPermission('CAP_NET_ADMIN', netAdmin),
    EROFS: { cause: '/proc/sys is mounted read-only here', cure: 'set it outside the container' },
  }[code];
  return new KernelError({
    operation,
    object: objectOf(path),
    errno,
    syscall: 'open',
    ...reason,
  });
}
