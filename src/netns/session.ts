import type { Connection } from '../native/index.js';
import { loadProtocol, openConnection } from '../native/index.js';
import type { OpenOptions } from '../options/index.js';
import type { NetnsTables } from './protocol.js';
import { bindTables } from './protocol.js';

let bound: NetnsTables | undefined;

/**
 * Runs `use` with a thread of its own that has joined the namespace, and ends that thread: what it
 * is made to do (`unshare`, `setns`) would change the world of everything else on another one.
 */
export async function inThread<T>(
  options: OpenOptions,
  use: (connection: Connection, tables: NetnsTables) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  bound ??= bindTables(loadProtocol('netns'));
  const connection = await openConnection(bound.protocol, options);
  try {
    return await use(connection, bound);
  } finally {
    await connection.close();
  }
}
