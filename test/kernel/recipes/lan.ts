// A client, a director and two real servers on one network, and a second wire from the client to the
// director, behind which the real servers are for NAT. Made by the library alone.
import { once } from 'node:events';
import http from 'node:http';
import type { Family } from '../../../src/address/index.js';
import type { DestConfig } from '../../../src/ipvs/index.js';
import { Ipvs } from '../../../src/ipvs/index.js';
import {
  createNetns,
  openListener,
  openProbeSocket,
  removeNetns,
} from '../../../src/netns/index.js';
import { Rtnl } from '../../../src/route/index.js';

const id = `${process.pid}`;
export const hosts = {
  client: { netns: `client-${id}`, last: 'c' },
  director: { netns: `director-${id}`, last: 'd' },
  server1: { netns: `server1-${id}`, last: '21' },
  server2: { netns: `server2-${id}`, last: '22' },
} as const;
export type Host = keyof typeof hosts;
export const servers = ['server1', 'server2'] as const;
/** Whose device `br0` sees every frame of that network. */
export const bridge = `lan-${id}`;

/** The host's address on the network that all are on. */
export function addressOf(host: Host, family: Family): string {
  const { last } = hosts[host];
  return family === 'ipv4' ? `10.0.0.${Number.parseInt(last, 16)}` : `2001:db8::${last}`;
}

/** Free addresses of that network, and of the second wire. */
export const vips = { ipv4: '10.0.0.1', ipv6: '2001:db8::1' } as const;
export const farVips = { ipv4: '10.1.0.9', ipv6: '2001:db8:1::9' } as const;

export function macOf(host: Host): string {
  return `02:00:00:00:00:${hosts[host].last.padStart(2, '0')}`;
}

export class Lan implements AsyncDisposable {
  readonly ipvs: Ipvs;
  readonly #servers: http.Server[];

  static async build(): Promise<Lan> {
    await createNetns(bridge);
    await using lan = await Rtnl.open({ netns: bridge });
    await lan.addLink({ kind: 'bridge', name: 'br0', multicastSnooping: false, up: true });
    for (const host of Object.keys(hosts) as Host[]) await plug(lan, host);
    await connectSecondWire();
    const listening = await Promise.all(servers.map(serve));
    return new Lan(await Ipvs.open({ netns: hosts.director.netns }), listening);
  }

  private constructor(ipvs: Ipvs, listening: http.Server[]) {
    this.ipvs = ipvs;
    this.#servers = listening;
  }

  /** Balances port 80 of the address over both real servers. */
  async balance(
    address: string,
    family: Family,
    dest: Omit<DestConfig, 'address'>,
  ): Promise<AsyncDisposable> {
    const service = { protocol: 'tcp', address, port: 80 } as const;
    await this.ipvs.addService({ ...service, scheduler: 'rr' });
    for (const server of servers) {
      await this.ipvs.addDest(service, { address: addressOf(server, family), ...dest });
    }
    return { [Symbol.asyncDispose]: () => this.ipvs.removeService(service) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) server.close();
    await this.ipvs.close();
    for (const { netns } of Object.values(hosts)) await removeNetns(netns);
    await removeNetns(bridge);
  }
}

async function plug(lan: Rtnl, host: Host): Promise<void> {
  const { netns } = hosts[host];
  await createNetns(netns);
  const peer = { name: 'ens3', netns, macAddress: macOf(host) };
  await lan.addLink({ kind: 'veth', name: host, master: 'br0', up: true, peer });
  await using route = await Rtnl.open({ netns });
  await route.updateLink('lo', { up: true });
  await route.updateLink('ens3', { up: true });
  const device = 'ens3';
  await route.addAddress({ device, address: `${addressOf(host, 'ipv4')}/24` });
  await route.addAddress({ device, address: `${addressOf(host, 'ipv6')}/64`, noDad: true });
}

async function connectSecondWire(): Promise<void> {
  const { client, director } = hosts;
  await using near = await Rtnl.open({ netns: director.netns });
  const peer = { name: 'wan', netns: client.netns };
  await near.addLink({ kind: 'veth', name: 'wan', up: true, peer });
  await using far = await Rtnl.open({ netns: client.netns });
  await far.updateLink('wan', { up: true });
  for (const [route, last] of [
    [near, 1],
    [far, 2],
  ] as const) {
    await route.addAddress({ device: 'wan', address: `10.1.0.${last}/24` });
    await route.addAddress({ device: 'wan', address: `2001:db8:1::${last}/64`, noDad: true });
  }
  for (const server of servers) {
    await using route = await Rtnl.open({ netns: hosts[server].netns });
    await route.addRoute({ destination: 'default', gateway: addressOf('director', 'ipv4') });
    await route.addRoute({
      destination: '2001:db8:1::/64',
      gateway: addressOf('director', 'ipv6'),
    });
  }
}

/** A web server on the host: it tells which host it is, and which address it was asked at. */
async function serve(host: (typeof servers)[number]): Promise<http.Server> {
  const server = http.createServer((_, response) => response.end(host));
  server.listen({ fd: await openListener({ netns: hosts[host].netns, address: '::', port: 80 }) });
  await once(server, 'listening');
  return server;
}

/** What the client is answered at that address, over a connection of its own. */
export async function get(address: string, family: Family): Promise<string> {
  const socket = await openProbeSocket({ netns: hosts.client.netns, family });
  const request = http.get({
    createConnection: () => socket.connect(80, address),
    headers: { host: 'vip', connection: 'close' },
    signal: AbortSignal.timeout(10_000),
  });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
