import type { SocketConstructorOpts } from 'node:net';
import { Socket } from 'node:net';
import type { Connection, Operation } from '../native/index.js';
import { Failure } from '../native/index.js';
import type { OpenOptions } from '../options/index.js';
import type { NetnsTables } from './protocol.js';
import { inThread } from './session.js';
import { describeSocket, socketError } from './socket-error.js';
import type { CheckedSocket, ListenerOptions, ProbeSocketOptions } from './socket-options.js';
import { checkListener, checkProbeSocket } from './socket-options.js';

/**
 * A TCP socket that lives in a network namespace, has a mark, a source or a device, and is not
 * connected yet. Connect it to an address, once:
 *
 * ```ts
 * import { openProbeSocket } from 'lvs/netns';
 *
 * const socket = await openProbeSocket({ netns: 'client', mark: 7 });
 * socket.connect(80, '10.0.0.1');
 * ```
 *
 * It serves `http.request({ createConnection: () => socket.connect(80, '10.0.0.1') })` and
 * `tls.connect({ socket: socket.connect(443, '10.0.0.1') })` as well. It is the caller's to
 * `destroy()`, also where it never gets connected.
 *
 * A host name would be looked up, and a second attempt be made, in the program's own namespace; a
 * socket of Node's that is connected again is a new one there, too. So give an address, and open a
 * socket for each connection.
 *
 * @throws {@link KernelError} `ENOENT`: no such namespace. `EPERM`: entering a namespace takes
 *   CAP_SYS_ADMIN, a mark CAP_NET_ADMIN. `ENODEV`: no such device there. `EADDRNOTAVAIL`: no
 *   interface there has the source address. `EADDRINUSE`: the source port is taken.
 * @see `socket(7)`, `ip(7)`, `network_namespaces(7)`
 */
export async function openProbeSocket(options: ProbeSocketOptions = {}): Promise<Socket> {
  const wanted = checkProbeSocket(options);
  const fd = await open('open socket', (tables) => tables.openSocket, wanted, options);
  // Without `manualStart` Node starts to read at once, which fails on a socket that has not been
  // connected by the next turn; and connecting what failed makes a socket in the wrong namespace.
  const settings: SocketConstructorOpts & { manualStart: boolean } = { fd, manualStart: true };
  return new Socket(settings);
}

/**
 * A TCP socket that listens in a network namespace: a file descriptor for `server.listen({ fd })`
 * of `node:net`, `node:http` or `node:tls`. Connections queue from now on. The descriptor is the
 * caller's: the server closes it when it is closed, and until there is one `fs.close` does.
 *
 * ```ts
 * import http from 'node:http';
 * import { openListener } from 'lvs/netns';
 *
 * const server = http.createServer((request, response) => response.end(request.url));
 * server.listen({ fd: await openListener({ netns: 'vm2', address: '0.0.0.0', port: 80 }) });
 * ```
 *
 * @throws {@link KernelError} `ENOENT`: no such namespace. `EPERM`, `EACCES`: entering a namespace
 *   takes CAP_SYS_ADMIN, a mark CAP_NET_ADMIN, a port below 1024 CAP_NET_BIND_SERVICE. `ENODEV`: no
 *   such device there. `EADDRNOTAVAIL`: no interface there has the address. `EADDRINUSE`: somebody
 *   listens there.
 * @see `socket(7)`, `ip(7)`, `network_namespaces(7)`
 */
export async function openListener(options: ListenerOptions): Promise<number> {
  const wanted = checkListener(options);
  return await open('open listener', (tables) => tables.openListener, wanted, options);
}

async function open(
  operation: string,
  operationOf: (tables: NetnsTables) => Operation,
  wanted: CheckedSocket,
  options: OpenOptions,
): Promise<number> {
  const ask = async (connection: Connection, tables: NetnsTables): Promise<number> => {
    const { rows } = await connection.request(
      operationOf(tables),
      {
        object: describeSocket(wanted),
        write: (arena) => {
          const { socket } = tables;
          const at = arena.record(socket.table);
          socket.family.writeName(arena, at, wanted.family);
          if (wanted.address !== undefined) socket.address.write(arena, at, wanted.address);
          if (wanted.port !== undefined) socket.port.write(arena, at, wanted.port);
          if (wanted.mark !== undefined) socket.mark.write(arena, at, wanted.mark);
          if (wanted.device !== undefined) socket.device.write(arena, at, wanted.device);
        },
        read: (results, at) => tables.descriptor.read(results, at),
      },
      options,
    );
    const [descriptor = -1] = rows;
    // Until it is claimed the thread owns it, and closes it if the caller no longer waits.
    await connection.request(tables.claim, { argument: descriptor });
    return descriptor;
  };
  try {
    return await inThread(options, ask);
  } catch (error) {
    throw error instanceof Failure ? socketError(operation, wanted, error) : error;
  }
}
