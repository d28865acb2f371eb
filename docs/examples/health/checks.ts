import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import type { Socket } from 'node:net';
import tls from 'node:tls';

/**
 * Looks whether a server is well: returns if it is, throws if it is not. `connect` starts the one
 * connection that may be made; `signal` ends the wait when the time is up.
 */
export type Check = (connect: () => Socket, signal: AbortSignal) => Promise<void>;

/** The server accepts connections and, if that is wanted, answers with something that matches. */
export function tcpCheck(send = '', expected = /(?:)/): Check {
  return async (connect, signal) => {
    const socket = connect();
    await once(socket, 'connect', { signal });
    socket.write(send);
    for (let seen = ''; !expected.test(seen); ) {
      const [data] = (await once(socket, 'data', { signal })) as [Buffer];
      seen += data.toString('latin1');
    }
  };
}

/** A page is there: the status is below 400. */
export function httpCheck(path: string, host: string): Check {
  return async (connect, signal) => {
    const request = http.get({ createConnection: connect, path, headers: { host }, signal });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    const { statusCode = 0 } = response;
    if (statusCode >= 400) throw new Error(`HTTP status ${statusCode}`);
  };
}

/** The server ends a TLS handshake well; with its certificate, unless the options say otherwise. */
export function tlsCheck(options: tls.ConnectionOptions): Check {
  return async (connect, signal) => {
    const secure = tls.connect({ ...options, socket: connect() });
    await once(secure, 'secureConnect', { signal });
    secure.end();
  };
}
