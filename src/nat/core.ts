import type { Family } from '../address/index.js';
import { HandleError } from '../errors/index.js';
import type { Arena, Connection, Recover, Reply, Results } from '../native/index.js';
import { Failure } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions } from '../options/index.js';
import type { RuleRow } from '../xtables/read-rule.js';
import { RuleReader } from '../xtables/read-rule.js';
import type { Rule } from '../xtables/rule.js';
import { writeRule } from '../xtables/write-rule.js';
import type { Subject } from './explain.js';
import { explainFailure } from './explain.js';
import type { NatTables, OperationName } from './tables.js';
import type { Backend } from './types.js';

/** How a handle works, for good. */
export interface Settings {
  readonly backend: Backend;
  readonly lockTimeout: number;
  readonly timeout: number;
  readonly own: boolean;
}

/** What a request is about. */
export interface Scope {
  readonly family: Family;
  readonly chain?: string;
  readonly handle?: bigint | undefined;
  readonly rule?: Rule;
  /** The rule that is to be replaced. */
  readonly replaced?: Rule;
}

/** What an edit came to. */
export interface Outcome {
  readonly changed: boolean;
  readonly removed: readonly RuleRow[];
}

/** A change of the rules of which nothing is told but whether it was made. */
export interface Change extends Subject {
  readonly argument: number;
  write(arena: Arena): void;
}

type Read<T> = (rows: Results, at: number, table: number, size: number) => T | undefined;

const noOptions: CallOptions = {};

/** The order in which the addon numbers the backends. */
const interfaces: readonly Backend[] = ['legacy', 'iptables-nft', 'nftables'];

/** The line to the kernel that all parts of `Nat` share. */
export class NatCore {
  readonly connection: Connection;
  readonly tables: NatTables;
  readonly settings: Settings;
  /** Number of the backend, which every request carries. */
  readonly argument: number;
  /** What calls without options wait for. */
  readonly #patience: CallOptions;

  constructor(connection: Connection, tables: NatTables, settings: Settings) {
    this.connection = connection;
    this.tables = tables;
    this.settings = settings;
    this.argument = interfaceOf(settings.backend);
    this.#patience = { timeout: settings.timeout + settings.lockTimeout };
  }

  /**
   * Not async: a thousand of these wait at once, and each would keep a frame of its own.
   *
   * @throws TypeError or RangeError at once when an option makes no sense.
   */
  change(name: OperationName, change: Change, options: CallOptions = noOptions): Promise<void> {
    const whole = this.#withLock(options);
    return this.connection.act(this.tables.operations[name], change, whole, this.#explain);
  }

  /** Changes rules. */
  async edit(
    name: OperationName,
    subject: Subject,
    scope: Scope,
    options: CallOptions = {},
  ): Promise<Outcome> {
    const reader = new RuleReader(this.tables);
    let changed = false;
    const { outcome } = this.tables;
    const reply = await this.askIn(name, subject, scope, options, (rows, at, table, size) => {
      if (table !== outcome.table.index) return reader.read(rows, at, table, size);
      changed = outcome.changed.read(rows, at) === 1;
      return undefined;
    });
    return { changed, removed: reply.rows };
  }

  /** Reads rules: all of a family, or the first that is the same. */
  async read(
    name: 'listRules' | 'findRule',
    subject: Subject,
    scope: Scope,
    options: CallOptions = {},
  ): Promise<RuleRow[]> {
    const reader = new RuleReader(this.tables);
    const reply = await this.askIn(name, subject, scope, options, (...block) =>
      reader.read(...block),
    );
    return reply.rows;
  }

  /** Sends a request about rules. */
  askIn<T>(
    name: OperationName,
    subject: Subject,
    scope: Scope,
    options: CallOptions,
    read: Read<T>,
  ): Promise<Reply<T>> {
    return this.ask(name, subject, (arena) => this.writeScope(arena, scope), options, read);
  }

  /** Sends a request and reads its answer block by block. */
  async ask<T>(
    name: OperationName,
    subject: Subject,
    write: (arena: Arena) => void,
    options: CallOptions,
    read: Read<T>,
  ): Promise<Reply<T>> {
    const whole = this.#withLock(options);
    const exchange = { object: subject.object, argument: this.argument, write, read };
    try {
      return await this.connection.request(this.tables.operations[name], exchange, whole);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw this.#errorOf(name, subject, error);
    }
  }

  /** Waiting for the lock is no work of the kernel's. */
  #withLock(options: CallOptions): CallOptions {
    if (options === noOptions) return this.#patience;
    checkCallOptions(options);
    const { lockTimeout, timeout } = this.settings;
    return { signal: options.signal, timeout: (options.timeout ?? timeout) + lockTimeout };
  }

  readonly #explain: Recover<Change> = ({ name }, change, _, failure) =>
    Promise.reject(this.#errorOf(name as OperationName, change, failure));

  #errorOf(name: OperationName, subject: Subject, failure: Failure): Error {
    return failure.lost
      ? unknownOutcome(subject)
      : explainFailure(name, this.settings, subject, failure);
  }

  writeScope(
    arena: Arena,
    { family, chain, handle, rule, replaced }: Scope,
    position?: number,
  ): void {
    const { scope } = this.tables;
    const at = arena.record(scope.table);
    scope.family.writeName(arena, at, family);
    scope.lockTimeout.write(arena, at, this.settings.lockTimeout);
    if (this.settings.own) scope.owned.write(arena, at, 1);
    if (chain !== undefined) scope.chain.write(arena, at, chain);
    if (position !== undefined) scope.position.write(arena, at, position);
    if (handle !== undefined) scope.handle.write(arena, at, handle);
    if (rule !== undefined) writeRule(this.tables, arena, rule);
    if (replaced !== undefined) writeRule(this.tables, arena, replaced);
  }
}

function unknownOutcome({ operation, object }: Subject): HandleError {
  const subject = object === undefined ? operation : `${operation} ${object}`;
  const message = `${subject}: the kernel's answer was lost; read the rules back before going on`;
  return new HandleError('ERR_LVS_UNKNOWN_OUTCOME', message);
}

/** The number by which the addon knows a backend. */
export function interfaceOf(backend: Backend): number {
  return interfaces.indexOf(backend);
}
