import type { Socket } from 'node:net';
import { errorName, invalidType, invalidValue, KernelError } from '../errors/index.js';
import { loadAddon, loadProtocol, Results } from '../native/index.js';
import type { EndpointFields } from './tables.js';
import { bindTables } from './tables.js';
import type { OriginalDestination } from './types.js';

let bound: EndpointFields | undefined;

/** Where no nat can have been at work. */
const untracked = ['ENOENT', 'ENOPROTOOPT'];
/** Of a Unix socket, and of a pipe. */
const noInternet = ['EAFNOSUPPORT', 'ENOTSOCK'];

/**
 * Where the client of an accepted TCP connection had meant to go before a REDIRECT, or another rule
 * of nat, sent it here: the VIP, where `socket.localAddress` is the machine's own address. Without
 * nat it is the local address. Any user may ask, of sockets in any network namespace.
 *
 * The socket may be one of `node:net`, `node:http` (`request.socket`) or `node:tls`. An IPv4
 * connection of a listener on `::` gives an IPv4 address.
 *
 * @param socket - Connected and not destroyed.
 * @returns `undefined` where the kernel does not track the connection (`-j NOTRACK`, no conntrack),
 *   so that nat had nothing to do with it.
 * @throws TypeError `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE`: no open TCP socket.
 * @throws KernelError What else the kernel says.
 * @see `SO_ORIGINAL_DST` of `<linux/netfilter_ipv4.h>`, `IP6T_SO_ORIGINAL_DST` of
 *   `<linux/netfilter_ipv6/ip6_tables.h>`
 */
export function originalDestination(socket: Socket): OriginalDestination | undefined {
  const descriptor = descriptorOf(socket);
  bound ??= bindTables(loadProtocol('nat')).endpoint;
  const record = new Uint8Array(bound.table.size);
  // In one go with reading the descriptor: nothing can close it, and let another have its number.
  const errno = loadAddon().originalDestination(descriptor, record);
  if (errno !== 0) return explain(errno, socket);
  const results = new Results(record.buffer, record.length);
  return { address: bound.address.read(results, 0), port: bound.port.read(results, 0) };
}

/** Node keeps it in the handle, which is there from connecting or accepting until destroying. */
function descriptorOf(socket: unknown): number {
  if (typeof socket !== 'object' || socket === null || !('_handle' in socket)) {
    throw invalidType('socket', 'a socket of node:net', socket);
  }
  const { _handle: handle } = socket;
  const descriptor =
    typeof handle === 'object' && handle !== null && 'fd' in handle ? handle.fd : undefined;
  if (typeof descriptor !== 'number' || descriptor < 0) {
    throw invalidValue('socket', 'connected and not destroyed', 'one that is closed');
  }
  return descriptor;
}

function explain(errno: number, socket: Socket): undefined {
  const code = errorName(errno);
  if (untracked.includes(code)) return undefined;
  if (noInternet.includes(code)) {
    throw invalidValue('socket', 'a TCP socket', 'one without addresses');
  }
  const { localAddress, localPort } = socket;
  throw new KernelError({
    operation: 'get original destination',
    object: `of ${localAddress} port ${localPort}`,
    errno,
    syscall: 'getsockopt',
  });
}
