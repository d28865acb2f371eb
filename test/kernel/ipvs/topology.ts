// A client, a director and a real server, each a namespace, over two wires. The real server
// answers through the director, so that it can do NAT.

import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Ipvs } from '../../../src/ipvs/index.js';
import { openListener, openProbeSocket } from '../../../src/netns/index.js';
import { Director, ip, makeDirector } from './support.js';

export const vip = { ipv4: '10.9.0.1', ipv6: '2001:db8:9::1' } as const;
export const client = { ipv4: '10.1.0.2', ipv6: '2001:db8:1::2' } as const;
export const real = { ipv4: '10.2.0.2', ipv6: '2001:db8:2::2' } as const;

export class Topology {
  readonly director: Director;
  readonly ipvs: Ipvs;
  readonly client = new Director();
  readonly real = new Director();
  readonly #open: (Socket | Server)[] = [];

  static async make(): Promise<Topology> {
    const { director, ipvs } = await makeDirector();
    return new Topology(director, ipvs);
  }

  private constructor(director: Director, ipvs: Ipvs) {
    this.director = director;
    this.ipvs = ipvs;
    const [hub, near, far] = [director.name, this.client.name, this.real.name];
    ip('netns', 'add', near);
    ip('netns', 'add', far);
    wire(hub, 'c', near, 1);
    wire(hub, 'r', far, 2);
    batch(hub, [
      `addr add ${vip.ipv4}/32 dev lo`,
      `addr add ${vip.ipv6}/128 dev lo nodad`,
      'addr add 10.1.0.3/24 dev c',
    ]);
    for (const setting of ['ipv4.ip_forward', 'ipv6.conf.all.forwarding', 'ipv4.vs.conntrack']) {
      director.run('sysctl', ['-qw', `net.${setting}=${setting.endsWith('conntrack') ? 0 : 1}`]);
    }
  }

  /** Echoes on a port of the real server. */
  async listen(port: number): Promise<void> {
    const fd = await openListener({ netns: this.real.name, address: '::', port });
    const server = createServer((socket) => socket.pipe(socket).on('error', () => undefined));
    server.listen({ fd });
    await once(server, 'listening');
    this.#open.push(server);
  }

  /** Connects a client and has its first byte echoed, so that the connection is established. */
  async connect(port: number, family: 'ipv4' | 'ipv6' = 'ipv4', source?: string): Promise<Socket> {
    const socket = await openProbeSocket({
      netns: this.client.name,
      family,
      ...(source !== undefined && { source }),
    });
    this.#open.push(socket);
    socket.connect(port, vip[family]);
    await once(socket, 'connect');
    socket.write('x');
    await once(socket, 'data');
    return socket;
  }

  async close(): Promise<void> {
    for (const open of this.#open) {
      if ('destroy' in open) open.destroy();
      else open.close();
    }
    await this.director.close();
    await Promise.all([this.client.close(), this.real.close()]);
  }
}

/** A wire from the director to another namespace, in whose network `net` it has address 1. */
function wire(hub: string, device: string, other: string, net: number): void {
  ip('-n', hub, 'link', 'add', device, 'type', 'veth', 'peer', 'name', 'd', 'netns', other);
  batch(hub, [
    `link set dev ${device} up`,
    `addr add 10.${net}.0.1/24 dev ${device}`,
    `addr add 2001:db8:${net}::1/64 dev ${device} nodad`,
  ]);
  batch(other, [
    'link set lo up',
    'link set dev d up',
    `addr add 10.${net}.0.2/24 dev d`,
    `addr add 10.${net}.0.4/24 dev d`,
    `addr add 2001:db8:${net}::2/64 dev d nodad`,
    `route add default via 10.${net}.0.1`,
    `route add default via 2001:db8:${net}::1`,
  ]);
}

function batch(namespace: string, commands: readonly string[]): void {
  const other = new Director(namespace);
  other.run('ip', ['-batch', '-'], `${commands.join('\n')}\n`);
}
