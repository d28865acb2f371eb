import type { Arena, CounterField, Reply, Results, Table } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import type { ConnectionFields, QueryFields } from './connection-fields.js';
import { connectionFields, queryFields } from './connection-fields.js';
import type { ConnectionQuery } from './connection-query.js';
import { checkConnectionOptions, checkCountOptions } from './connection-query.js';
import type {
  ConnectionCount,
  ConnectionOptions,
  CountedBy,
  CountOptions,
  IpvsConnection,
} from './connection-types.js';
import type { IpvsCore } from './core.js';
import { RowsOfPages } from './rows-of-pages.js';

const pagesAhead = 2;

/** What `Ipvs` does with the connection table. */
export class Connections {
  readonly #core: IpvsCore;
  readonly #fields: ConnectionFields;
  readonly #query: QueryFields;
  readonly #countTable: Table;
  readonly #count: CounterField;
  #lastCursor = 0;

  constructor(core: IpvsCore) {
    const { protocol } = core.tables;
    this.#core = core;
    this.#fields = connectionFields(protocol.table('connection'));
    this.#query = queryFields(protocol.table('connectionQuery'));
    this.#countTable = protocol.table('connectionCount');
    this.#count = this.#countTable.counter('count');
  }

  list(options: ConnectionOptions): AsyncGenerator<IpvsConnection, void, undefined> {
    return new RowsOfPages(this.pages(options));
  }

  /**
   * The thread reads two pages ahead: one of them while the caller takes rows in one go, when nothing
   * leaves for the thread.
   */
  async *pages(options: ConnectionOptions): AsyncGenerator<IpvsConnection[], void, undefined> {
    const query = checkConnectionOptions(this.#query, options);
    const cursor = ++this.#lastCursor;
    const ahead: Promise<Reply<IpvsConnection>>[] = [];
    let left = query.limit;
    let page = await this.#page(cursor, options, query);
    try {
      while (true) {
        left -= page.rows.length;
        while (!page.end && left > 0 && ahead.length < pagesAhead) {
          ahead.push(this.#pageAhead(cursor, options));
        }
        if (page.rows.length > 0) yield left < 0 ? page.rows.slice(0, left) : page.rows;
        const next = page.end || left <= 0 ? undefined : ahead.shift();
        if (next === undefined) break;
        page = await next;
      }
    } finally {
      if (!page.end) await this.#close(cursor);
    }
  }

  /** The thread counts for as long as a page may take, so that other requests get their turn. */
  async count(options: CountOptions): Promise<ConnectionCount[]> {
    const { by, write } = checkCountOptions(this.#query, options);
    const cursor = ++this.#lastCursor;
    const reader = this.#countReader(by);
    const operation = 'count connections';
    let page = await this.#ask(operation, cursor, options, write, reader);
    try {
      while (!page.end) page = await this.#ask(operation, cursor, options, undefined, reader);
      return page.rows;
    } finally {
      if (!page.end) await this.#close(cursor);
    }
  }

  /** Each count comes behind one of the connections that it is about. */
  #countReader(by: readonly CountedBy[]): Reader<ConnectionCount> {
    let seen: IpvsConnection | undefined;
    return (rows, at, table) => {
      if (table !== this.#countTable.index) {
        seen = readConnection(this.#fields, rows, at);
        return undefined;
      }
      return seen && countOf(by, seen, this.#count.readNumber(rows, at));
    };
  }

  #page(
    cursor: number,
    options: ConnectionOptions,
    query?: ConnectionQuery,
  ): Promise<Reply<IpvsConnection>> {
    return this.#ask('list connections', cursor, options, query?.write, (rows, at) =>
      readConnection(this.#fields, rows, at),
    );
  }

  /** Its failure is met when its turn comes; until then it is nobody's. */
  #pageAhead(cursor: number, options: ConnectionOptions): Promise<Reply<IpvsConnection>> {
    const page = this.#page(cursor, options);
    page.catch(() => undefined);
    return page;
  }

  #ask<T>(
    operation: string,
    cursor: number,
    { signal, timeout }: CallOptions,
    write: ((arena: Arena, cursor: number) => void) | undefined,
    read: Reader<T>,
  ): Promise<Reply<T>> {
    const query = {
      operation,
      argument: cursor,
      ...(write && { write: (arena: Arena) => write(arena, cursor) }),
      read,
    };
    return this.#core.query('readConnections', query, { signal, timeout });
  }

  async #close(cursor: number): Promise<void> {
    const { connection } = this.#core;
    if (connection.closed) return;
    await this.#core.change('closeConnections', {
      operation: 'end the listing of connections',
      argument: cursor,
    });
  }
}

type Reader<T> = (rows: Results, at: number, table: number) => T | undefined;

function countOf(
  by: readonly CountedBy[],
  connection: IpvsConnection,
  count: number,
): ConnectionCount {
  const { client } = connection;
  const parts = by.map((name) => [name, name === 'client' ? client.address : connection[name]]);
  return { ...Object.fromEntries(parts), count };
}

function readConnection(fields: ConnectionFields, rows: Results, at: number): IpvsConnection {
  const protocol =
    fields.protocol.readName(rows, at) ?? (`ip-${fields.protocol.read(rows, at)}` as const);
  const connection = {
    protocol,
    client: { address: fields.client.read(rows, at), port: fields.clientPort.read(rows, at) },
    virtual: fields.fwmark.present(rows, at)
      ? { fwmark: fields.fwmark.read(rows, at) }
      : { address: fields.virtual.read(rows, at), port: fields.virtualPort.read(rows, at) },
    dest: { address: fields.dest.read(rows, at), port: fields.destPort.read(rows, at) },
    state: fields.state.read(rows, at),
    expires: fields.expires.read(rows, at),
    template: fields.template.read(rows, at) === 1,
  };
  if (fields.origin.present(rows, at)) {
    return { ...connection, origin: fields.origin.readName(rows, at) ?? 'local' };
  }
  if (!fields.engine.present(rows, at)) return connection;
  const engine = fields.engine.read(rows, at);
  return fields.engineData.present(rows, at)
    ? { ...connection, engine, engineData: fields.engineData.read(rows, at) }
    : { ...connection, engine };
}
