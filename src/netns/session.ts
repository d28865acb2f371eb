import { netnsError } from '../errors/index.js';
import { Connection, Failure, loadAddon, Protocol } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import type { NetnsTables } from './protocol.js';
import { bindTables } from './protocol.js';

const defaultTimeout = 5000;

let bound: NetnsTables | undefined;

/**
 * Runs `use` with a thread of its own that has joined the namespace, and ends that thread: what it
 * is made to do (`unshare`, `setns`) would change the world of everything else on another one.
 *
 * @param operation - What is being done, in words, for the error when the namespace can't be joined.
 * @param netns - Path of a namespace file, or `''` for the caller's own.
 */
export async function inThread<T>(
  operation: string,
  netns: string,
  options: CallOptions,
  use: (connection: Connection, tables: NetnsTables) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const addon = loadAddon();
  bound ??= bindTables(new Protocol('netns', addon.describe('netns')));
  const { timeout = defaultTimeout, signal } = options;
  const opened = Connection.open(addon, bound.protocol, { netns, timeout, signal });
  const connection = await opened.catch((error: unknown) => {
    throw error instanceof Failure ? netnsError(operation, netns, error.errno) : error;
  });
  try {
    return await use(connection, bound);
  } finally {
    await connection.close();
  }
}
