import type { Family } from '../address/index.js';
import type { Arena, Connection, Reply, Results } from '../native/index.js';
import { Failure } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions } from '../options/index.js';
import type { Edit } from './edits.js';
import { writeEdit } from './edits.js';
import type { Subject } from './explain.js';
import { explainFailure } from './explain.js';
import type { Snapshot } from './snapshot.js';
import { SnapshotReader } from './snapshot.js';
import type { OperationName, TablesTables } from './tables.js';
import type { TableName } from './types.js';

/** How long requests of a handle may take, in milliseconds. */
export interface Limits {
  readonly timeout: number;
  readonly lockTimeout: number;
}

type Read<T> = (rows: Results, at: number, table: number, size: number) => T | undefined;

/** The line to the kernel that a handle and its tables share. */
export class TablesCore {
  readonly connection: Connection;
  readonly #tables: TablesTables;
  readonly #limits: Limits;

  constructor(connection: Connection, tables: TablesTables, limits: Limits) {
    this.connection = connection;
    this.#tables = tables;
    this.#limits = limits;
  }

  async list(family: Family, options?: CallOptions): Promise<TableName[]> {
    const { chain } = this.#tables;
    const subject = { operation: 'list tables', object: command(family) };
    const reply = await this.#ask<TableName>(
      'listTables',
      subject,
      { write: (arena) => this.#writeScope(arena, { family, name: '' }) },
      options,
      (rows, at) => ({ family, name: chain.name.read(rows, at) }),
    );
    return reply.rows;
  }

  async load(table: TableName, options?: CallOptions): Promise<Snapshot> {
    const reader = new SnapshotReader(this.#tables);
    const subject = { operation: 'load table', object: nameOf(table) };
    const write = (arena: Arena): void => {
      this.#writeScope(arena, table);
    };
    await this.#ask('loadTable', subject, { write }, options, (...block) => reader.read(...block));
    return reader.result();
  }

  async commit(
    table: TableName,
    fingerprint: bigint,
    edits: readonly Edit[],
    options?: CallOptions,
  ): Promise<void> {
    const subject = { operation: 'commit table', object: nameOf(table) };
    const write = (arena: Arena): void => {
      const at = this.#writeScope(arena, table);
      this.#tables.scope.fingerprint.write(arena, at, fingerprint);
      for (const edit of edits) writeEdit(this.#tables, arena, edit);
    };
    await this.#ask('commitTable', subject, { write, edits }, options, () => undefined);
  }

  async #ask<T>(
    name: OperationName,
    subject: Subject,
    request: { readonly write: (arena: Arena) => void; readonly edits?: readonly Edit[] },
    options: CallOptions = {},
    read: Read<T>,
  ): Promise<Reply<T>> {
    checkCallOptions(options);
    const { timeout, lockTimeout } = this.#limits;
    // Waiting for the lock is no work of the kernel's.
    const whole = { ...options, timeout: (options.timeout ?? timeout) + lockTimeout };
    const exchange = { object: subject.object, write: request.write, read };
    try {
      return await this.connection.request(this.#tables.operations[name], exchange, whole);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw explainFailure(subject, error, lockTimeout, request.edits);
    }
  }

  #writeScope(arena: Arena, { family, name }: TableName): number {
    const { scope } = this.#tables;
    const at = arena.record(scope.table);
    scope.family.writeName(arena, at, family);
    scope.name.write(arena, at, name);
    scope.lockTimeout.write(arena, at, this.#limits.lockTimeout);
    return at;
  }
}

function command(family: Family): string {
  return family === 'ipv4' ? 'iptables' : 'ip6tables';
}

function nameOf({ family, name }: TableName): string {
  return `${command(family)} -t ${name}`;
}
