import type { InspectOptionsStylized } from 'node:util';
import { inspect } from 'node:util';
import { KernelError } from '../errors/index.js';
import { inspectHandle, loadProtocol, openConnection } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkChoice, checkInteger, checkText } from '../options/index.js';
import { TablesCore } from './core.js';
import { families } from './rule-tables.js';
import { XtablesTable } from './table.js';
import { bindTables } from './tables.js';
import type { TableName, TableOptions, XtablesOptions } from './types.js';

const defaultTimeout = 5000;
const defaultLockTimeout = 5000;
const longestTimeout = 2 ** 31 - 1;
const longestTable = 31;
const mostAttempts = 20;

/**
 * The tables of legacy `iptables` and `ip6tables` in one network namespace: what libiptc is for
 * programs in C. A table is loaded, edited in memory and committed in one step.
 *
 * Rests on `<linux/netfilter_ipv4/ip_tables.h>` and `iptables(8)`. A call may reject with a
 * {@link KernelError} (`EPERM`: CAP_NET_RAW or CAP_NET_ADMIN is missing, `ENOPROTOOPT`: the kernel
 * has no ip_tables) and a {@link HandleError} (closed or timed out), beside what its own text names.
 */
export class Xtables {
  readonly #core: TablesCore;

  /** Opens a handle. Nothing is asked of the kernel yet. */
  static async open(options: XtablesOptions = {}): Promise<Xtables> {
    const { lockTimeout = defaultLockTimeout, timeout = defaultTimeout } = options;
    checkInteger('lockTimeout', lockTimeout, 0, longestTimeout - timeout);
    const tables = bindTables(loadProtocol('xtables'));
    const connection = await openConnection(tables.protocol, options);
    return new Xtables(new TablesCore(connection, tables, { timeout, lockTimeout }));
  }

  private constructor(core: TablesCore) {
    this.#core = core;
  }

  /** The tables that exist, of one family or of both; asking makes none. */
  async listTables(options: CallOptions & TableOptions = {}): Promise<TableName[]> {
    const { family, ...callOptions } = options;
    const wanted = family === undefined ? families : [checkChoice('family', family, families)];
    const lists = await Promise.all(wanted.map((each) => this.#core.list(each, callOptions)));
    return lists.flat();
  }

  /**
   * Loads a table. The kernel makes it if it can and it doesn't exist yet, which is why a program
   * that only wants to look asks {@link Xtables.listTables} first.
   *
   * @param name - `'filter'`, `'nat'`, `'mangle'`, `'raw'`, `'security'`.
   * @throws KernelError `ENOENT`: the kernel has no such table.
   */
  async load(name: string, options: CallOptions & TableOptions = {}): Promise<XtablesTable> {
    const { family = 'ipv4', ...callOptions } = options;
    const table = {
      family: checkChoice('family', family, families),
      name: checkText('name', name, longestTable),
    };
    const snapshot = await this.#core.load(table, callOptions);
    return new XtablesTable(this.#core, table.family, table.name, snapshot);
  }

  /**
   * Loads a table, has `change` edit it and commits it; from the start again when somebody else was
   * faster, so `change` may be called several times.
   *
   * @throws KernelError What `load` and `commit` reject with; `EAGAIN` after twenty attempts.
   */
  async edit(
    name: string,
    change: (table: XtablesTable) => void | Promise<void>,
    options: CallOptions & TableOptions = {},
  ): Promise<void> {
    const { family: _, ...callOptions } = options;
    for (let left = mostAttempts; ; left--) {
      const table = await this.load(name, options);
      await change(table);
      try {
        await table.commit(callOptions);
        return;
      } catch (error) {
        if (left === 1 || !wasSlower(error)) throw error;
      }
    }
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
    return inspectHandle('Xtables', this.#core.connection, depth, options);
  }
}

/** Not the lock: waiting for that has taken its time already. */
function wasSlower(error: unknown): boolean {
  return error instanceof KernelError && error.code === 'EAGAIN' && error.syscall !== 'flock';
}
