import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import {
  createNetns,
  openListener,
  openProbeSocket,
  removeNetns,
} from '../../../src/netns/index.js';

const client = 'nat-client';
/** Name of the server's namespace. */
export const server = 'nat-server';

const names = [client, server];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Two namespaces on one cable; the client sends what is for the VIPs to the server, which has none. */
export async function buildNetwork(vips: readonly string[]): Promise<void> {
  for (const name of names) await createNetns(name);
  // IPv6 may be a module, which loads with the first socket.
  (await openProbeSocket({ netns: client, family: 'ipv6' })).destroy();
  ip('-n', client, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', server);
  for (const [index, name] of names.entries()) {
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', name, 'addr', 'add', `192.0.2.${index + 1}/24`, 'dev', 'eth0');
    ip('-n', name, 'addr', 'add', `2001:db8:2::${index + 1}/64`, 'dev', 'eth0', 'nodad');
  }
  for (const vip of vips) {
    const via = vip.includes(':') ? '2001:db8:2::2' : '192.0.2.2';
    ip('-n', client, 'route', 'add', vip, 'via', via);
  }
}

export async function removeNetwork(): Promise<void> {
  for (const name of names) await removeNetns(name);
}

/** Listens in the server's namespace, and deals with each caller: tells it that it is there. */
export async function answer(
  port: number,
  meet: (socket: net.Socket) => void = (socket) => socket.end('here'),
): Promise<net.Server> {
  const listener = net.createServer((socket) => {
    // A caller whose connection was dropped from the kernel's table resets it.
    socket.on('error', () => socket.destroy());
    meet(socket);
  });
  listener.listen({ fd: await openListener({ netns: server, address: '::', port }) });
  await once(listener, 'listening');
  return listener;
}

/** A connection of the client's to a VIP's port. */
export async function connect(vip: string, port: number): Promise<net.Socket> {
  const family = vip.includes(':') ? 'ipv6' : 'ipv4';
  const socket = await openProbeSocket({ netns: client, family });
  await once(socket.connect(port, vip), 'connect');
  return socket;
}

/** Where the connections that the server's kernel tracks were made to: `10.0.0.1 80`, sorted. */
export function trackedConnections(): string[] {
  const lines = ['ipv4', 'ipv6'].flatMap((family) =>
    inServer('conntrack', '-L', '-p', 'tcp', '-f', family).split('\n'),
  );
  const destinations = lines.map((line) => / dst=(\S+) sport=\d+ dport=(\d+) /.exec(line));
  return destinations
    .flatMap((found) => (found === null ? [] : [`${found[1]} ${found[2]}`]))
    .sort();
}

/** Runs a program in the server's namespace and returns what it prints. */
function inServer(...command: string[]): string {
  return execFileSync('ip', ['netns', 'exec', server, ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** What the client is told at a VIP's port; the code of the error if it is told nothing. */
export async function call(vip: string, port: number): Promise<string> {
  const family = vip.includes(':') ? 'ipv6' : 'ipv4';
  const socket = await openProbeSocket({ netns: client, family });
  socket.setTimeout(700, () => socket.destroy(new Error('no answer')));
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of socket.connect(port, vip)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  }
}
