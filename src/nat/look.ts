import type { Arena, Connection } from '../native/index.js';
import { Failure } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import type { Probe, Sight } from './choose.js';
import { interfaceOf } from './core.js';
import type { NatTables } from './tables.js';

/** What is in use in the handle's namespace; touches nothing. */
export async function look(
  connection: Connection,
  tables: NatTables,
  options: CallOptions,
): Promise<Sight> {
  const { sight } = tables;
  const reply = await connection.request<Sight>(
    tables.operations.look,
    {
      read: (rows, at) => ({
        legacyInUse: sight.legacyIpv4.read(rows, at) === 1 || sight.legacyIpv6.read(rows, at) === 1,
        iptablesNftInUse: sight.nftIpv4.read(rows, at) === 1 || sight.nftIpv6.read(rows, at) === 1,
      }),
    },
    options,
  );
  return reply.rows[0] ?? { legacyInUse: false, iptablesNftInUse: false };
}

/** Asks the kernel through a backend whether it would take a REDIRECT. */
export function probeThrough(
  connection: Connection,
  tables: NatTables,
  own: boolean,
  options: CallOptions,
): Probe {
  const { scope } = tables;
  const write = (arena: Arena): void => {
    const at = arena.record(scope.table);
    scope.family.writeName(arena, at, 'ipv4');
    if (own) scope.owned.write(arena, at, 1);
  };
  return async (backend) => {
    try {
      const exchange = { argument: interfaceOf(backend), write };
      await connection.request(tables.operations.probe, exchange, options);
      return undefined;
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  };
}
