import { HandleError } from '../errors/index.js';
import type {
  Arena,
  Connection,
  Exchange,
  Operation,
  Recover,
  Reply,
  Results,
} from '../native/index.js';
import { Failure } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions } from '../options/index.js';
import type { Subject } from './explain.js';
import { explainFailure } from './explain.js';
import type { IpvsTables, OperationName } from './tables.js';

const noOptions: CallOptions = {};

/** A request that changes the kernel. */
export interface Change extends Subject {
  readonly argument?: number;
  readonly write?: (arena: Arena) => void;
  /** Whether the kernel is already as this change would make it; asked when its answer was lost. */
  readonly isDone?: () => Promise<boolean>;
}

/** A request that reads. */
export interface Query<T> extends Subject {
  readonly argument?: number;
  readonly write?: (arena: Arena) => void;
  readonly read: (rows: Results, at: number, table: number, size: number) => T | undefined;
}

/** The line to the kernel that all parts of `Ipvs` share. */
export class IpvsCore {
  readonly connection: Connection;
  readonly tables: IpvsTables;

  constructor(connection: Connection, tables: IpvsTables) {
    this.connection = connection;
    this.tables = tables;
  }

  /** Not async: ten thousand of these wait at once, and each would keep a frame of its own. */
  change(name: OperationName, change: Change, options: CallOptions = noOptions): Promise<void> {
    try {
      checkCallOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.connection.act(this.tables.operations[name], change, options, this.#recover);
  }

  readonly #recover: Recover<Change> = async ({ name }, change, options, failure) => {
    if (!failure.lost) throw await explainFailure(name as OperationName, change, failure);
    if (!(await change.isDone?.())) await this.#repeat(name as OperationName, change, options);
  };

  query<T>(
    name: OperationName,
    query: Query<T>,
    options: CallOptions = noOptions,
  ): Promise<Reply<T>> {
    try {
      checkCallOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.connection.read(this.tables.operations[name], query, options, explainReading);
  }

  /** A reading that has exactly one row. */
  async queryOne<T>(name: OperationName, query: Query<T>, options?: CallOptions): Promise<T> {
    const [row] = (await this.query(name, query, options)).rows;
    if (row === undefined) throw new TypeError('the kernel answered without a row');
    return row;
  }

  /** Reads one of the kernel's text files, on the handle's thread. */
  async file(
    name: 'readServicesFile' | 'readStatsFile',
    operation: string,
    options?: CallOptions,
  ): Promise<string> {
    const read = (rows: Results, at: number, _: number, size: number): string =>
      rows.buffer.toString('latin1', at, at + size);
    const { rows } = await this.query(name, { operation, read }, options);
    return rows.join('');
  }

  /** The state read back says that nothing was done, so it can safely be asked for again. */
  async #repeat(name: OperationName, change: Change, options: CallOptions): Promise<void> {
    try {
      await this.connection.request(this.tables.operations[name], change, options);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!error.lost) throw await explainFailure(name, change, error);
      if (!(await change.isDone?.())) throw unknownOutcome(change);
    }
  }
}

async function explainReading(
  { name }: Operation,
  exchange: Exchange<unknown>,
  _: CallOptions,
  failure: Failure,
): Promise<never> {
  const subject = exchange as Query<unknown>;
  if (failure.lost) throw unknownOutcome(subject);
  throw await explainFailure(name as OperationName, subject, failure);
}

function unknownOutcome({ operation, object }: Subject): HandleError {
  const subject = object === undefined ? operation : `${operation} ${object}`;
  const message = `${subject}: the kernel's answer was lost twice; read the state back before going on`;
  return new HandleError('ERR_LVS_UNKNOWN_OUTCOME', message);
}
