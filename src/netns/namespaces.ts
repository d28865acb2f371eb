import { readdir } from 'node:fs/promises';
import { KernelError } from '../errors/index.js';
import type { Arena, Connection, Operation } from '../native/index.js';
import { Failure } from '../native/index.js';
import type { CallOptions } from '../options/index.js';
import { checkCallOptions, checkNetnsName, inOwnNetns, netnsFile } from '../options/index.js';
import type { NetnsTables } from './protocol.js';
import { inThread } from './session.js';

interface Reason {
  readonly cause: string;
  readonly cure?: string;
}

const reasons: { readonly [code in string]?: Reason } = {
  EEXIST: {
    cause: 'the name is taken',
    cure: 'remove that one with removeNetns(), or use ensureNetns() if it will do',
  },
  ENOENT: { cause: 'there is no namespace of that name', cure: 'see listNetns()' },
  EPERM: {
    cause: 'making and removing network namespaces takes CAP_SYS_ADMIN',
    cure: 'run as root, or give the program that capability',
  },
  EACCES: { cause: 'this user may not write to /run/netns', cure: 'run as root' },
  ENOSPC: {
    cause: 'there are as many network namespaces as this user may have',
    cure: 'raise /proc/sys/user/max_net_namespaces',
  },
  EINVAL: { cause: 'this kernel has no network namespaces (CONFIG_NET_NS)' },
  EROFS: { cause: '/run is mounted read-only', cure: 'mount a tmpfs on /run/netns' },
};

/**
 * Makes a network namespace with a name, as `ip netns add` does: empty but for a loopback device
 * that is down. It stays, without any process in it, until {@link removeNetns}; `ip netns` sees it.
 *
 * @param name - A file name under `/run/netns`, 1 to 255 bytes.
 * @throws {@link KernelError} `EEXIST` where the name is taken, `EPERM` without CAP_SYS_ADMIN.
 * @see `ip-netns(8)`, `network_namespaces(7)`
 */
export async function createNetns(name: string, options: CallOptions = {}): Promise<void> {
  await change('create namespace', (tables) => tables.createNamespace, name, options);
}

/**
 * Makes sure that there is a network namespace of that name; one that there is already is left as
 * it is.
 *
 * @returns whether it had to be made.
 */
export async function ensureNetns(
  name: string,
  options: CallOptions = {},
): Promise<'created' | 'unchanged'> {
  try {
    await createNetns(name, options);
    return 'created';
  } catch (error) {
    if (error instanceof KernelError && error.code === 'EEXIST') return 'unchanged';
    throw error;
  }
}

/**
 * Takes a network namespace's name away, as `ip netns delete` does. The namespace and its devices
 * go at once unless a process, a socket or an open handle is still in it; then with the last of
 * these.
 *
 * @throws {@link KernelError} `ENOENT` where there is none, `EPERM` without CAP_SYS_ADMIN.
 * @see `ip-netns(8)`
 */
export async function removeNetns(name: string, options: CallOptions = {}): Promise<void> {
  await change('remove namespace', (tables) => tables.removeNamespace, name, options);
}

/**
 * The names under `/run/netns`, sorted: what `ip netns list` shows, whoever made them.
 */
export async function listNetns(): Promise<string[]> {
  try {
    return (await readdir(netnsFile(''))).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function change(
  operation: string,
  operationOf: (tables: NetnsTables) => Operation,
  name: string,
  options: CallOptions,
): Promise<void> {
  const file = netnsFile(checkNetnsName('name', name));
  checkCallOptions(options);
  const ask = async (connection: Connection, tables: NetnsTables): Promise<void> => {
    const { namespace } = tables;
    const write = (arena: Arena): void =>
      namespace.file.write(arena, arena.record(namespace.table), file);
    try {
      await connection.request(operationOf(tables), { object: name, write }, options);
    } catch (error) {
      throw error instanceof Failure ? namespaceError(operation, name, error) : error;
    }
  };
  // The namespace of a surrounding withNetns() may be the very one that is to be made.
  await inOwnNetns(() => inThread(options, ask));
}

function namespaceError(operation: string, name: string, failure: Failure): KernelError {
  return new KernelError({
    operation,
    object: name,
    errno: failure.errno,
    syscall: failure.stage ?? '',
    ...reasons[failure.code],
  });
}
