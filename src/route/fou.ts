import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import type { Family } from '../address/index.js';
import { KernelError } from '../errors/index.js';
import type { Failure } from '../native/index.js';
import { inspectHandle, loadProtocol, openConnection } from '../native/index.js';
import type { CallOptions, OpenOptions } from '../options/index.js';
import type { Ensured } from './address-types.js';
import type { FouLine } from './fou-ports.js';
import { addPort, ensurePort, listPorts, removePort } from './fou-ports.js';
import { FouRecord } from './fou-record.js';
import type { FouPort, FouPortConfig, FouPortKey } from './fou-types.js';
import { Line } from './line.js';

/**
 * The UDP ports of one network namespace at which tunnelled packets arrive (FOU and GUE): the other
 * end of IPVS's `tunnel: { type: 'gue' }`, and of tunnel devices with an `encapsulation`. A packet is taken out
 * of UDP there, and goes on as if it had come in plainly: to a tunnel device `ipip`, `sit`, `ip6tnl` or
 * `gre`, which has to be there, too.
 *
 * Rests on `<linux/fou.h>`, `ip-fou(8)` and net/ipv4/fou_core.c.
 */
export class Fou {
  readonly #line: FouLine;

  /**
   * Opens a handle: a thread and a socket in the given network namespace. The kernel's module `fou`
   * is loaded if it is not yet there, which needs `CAP_SYS_MODULE`.
   *
   * @throws KernelError `ENOENT`: the kernel lacks the module, or it could not be loaded.
   */
  static async open(options: OpenOptions = {}): Promise<Fou> {
    const protocol = loadProtocol('fou');
    const connection = await openConnection(protocol, options, explainOpen);
    return new Fou(new Line(connection, { protocol, port: new FouRecord(protocol) }));
  }

  private constructor(line: FouLine) {
    this.#line = line;
  }

  /**
   * Takes packets that arrive at a UDP port out of UDP: `ip fou add`.
   *
   * @throws KernelError `EADDRINUSE`: there is such a port, or another socket has it. `EPERM` without
   *   `CAP_NET_ADMIN`.
   */
  addPort(port: FouPortConfig, options: CallOptions = {}): Promise<void> {
    return addPort(this.#line, port, options);
  }

  /**
   * Gives a port up: `ip fou del`.
   *
   * @throws KernelError `EINVAL`: there is no such port.
   */
  removePort(port: FouPortKey, options: CallOptions = {}): Promise<void> {
    return removePort(this.#line, port, options);
  }

  /** Makes sure that a port is there and is what it should be, by removing it first where it is not. */
  ensurePort(port: FouPortConfig, options: CallOptions = {}): Promise<Ensured> {
    return ensurePort(this.#line, port, options);
  }

  /** Lists ports, of one family or of both: `ip fou show`. */
  listPorts(
    filter: { readonly family?: Family } = {},
    options: CallOptions = {},
  ): Promise<FouPort[]> {
    return listPorts(this.#line, filter, options);
  }

  /** Ends the thread once everything in flight has been answered. May be called again. */
  close(): Promise<void> {
    return this.#line.connection.close();
  }

  /** {@link Fou.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @internal */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspectHandle('Fou', this.#line.connection, depth, options);
  }
}

function explainOpen({ stage, code, errno }: Failure): KernelError | undefined {
  if (stage !== 'family' || code !== 'ENOENT') return undefined;
  return new KernelError({
    operation: 'open fou',
    errno,
    syscall: 'netlink',
    cause: 'the module fou is not loaded, and could not be loaded from here',
    cure: 'load it: modprobe fou (needs a kernel with CONFIG_NET_FOU)',
  });
}
