import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { openListener, openProbeSocket } from 'lvs/netns';

/** A small web server in a host's namespace: it tells which host it is. */
export class WebServer implements AsyncDisposable {
  readonly #server: http.Server;

  static async start(host: string): Promise<WebServer> {
    const server = http.createServer((_, response) => response.end(host));
    server.keepAliveTimeout = 0; // clients may stay as long as they like
    server.listen({ fd: await openListener({ netns: host, address: '0.0.0.0', port: 80 }) });
    await once(server, 'listening');
    return new WebServer(server);
  }

  private constructor(server: http.Server) {
    this.#server = server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** A connection that is held open after its first answer. */
export interface HeldConnection {
  readonly socket: Socket;
  /** The client's end, `10.0.0.100:41234`. */
  readonly client: string;
  /** The host that answered. */
  readonly host: string;
}

/** Asks the address for its page, from the client's namespace, and stays connected. */
export async function connectTo(address: string): Promise<HeldConnection> {
  const socket = await openProbeSocket({ netns: 'client' });
  const request = http.get({
    createConnection: () => socket.connect(80, address),
    headers: { host: address, connection: 'keep-alive' },
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const client = `${socket.localAddress}:${socket.localPort}`;
  return { socket, client, host: Buffer.concat(chunks).toString() };
}
