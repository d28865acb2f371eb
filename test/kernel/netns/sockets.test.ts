import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createNetns,
  openListener,
  openProbeSocket,
  removeNetns,
  withNetns,
} from '../../../src/netns/index.js';

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

const servers: net.Server[] = [];

/** Starts a server on a listener of ours and returns its port. */
function serve(server: net.Server, netns: string, address: string): Promise<number> {
  return withNetns(netns, () => serveHere(server, address));
}

/** The same, in the surrounding namespace. */
async function serveHere(server: net.Server, address: string): Promise<number> {
  servers.push(server);
  server.listen({ fd: await openListener({ address, port: 0 }) });
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

/** A server that tells each client who it is, and hangs up. */
function teller(): net.Server {
  return net.createServer((socket) => socket.end(`${socket.remoteAddress} ${socket.remotePort}`));
}

async function textOf(socket: net.Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

beforeAll(async () => {
  for (const name of ['a', 'b']) await createNetns(name);
  // The first IPv6 socket makes the kernel load the module, which `ip` would not.
  closeSync(await openListener({ address: '::', port: 0 }));
  ip('-n', 'a', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'b');
  for (const [name, host] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', name, 'addr', 'add', `192.0.2.${host}/24`, 'dev', 'eth0');
    ip('-n', name, 'addr', 'add', `2001:db8::${host}/64`, 'dev', 'eth0', 'nodad');
  }
  ip('-n', 'a', 'addr', 'add', '192.0.2.11/24', 'dev', 'eth0');
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

afterAll(async () => {
  for (const name of ['a', 'b']) await removeNetns(name);
});

describe('sockets across two namespaces', () => {
  it.each([
    ['192.0.2.1', '0.0.0.0', '192.0.2.2'],
    ['2001:db8::1', '::', '2001:db8::2'],
  ])('connect from %s', async (source, any, server) => {
    const port = await serve(teller(), 'b', any);
    const socket = await openProbeSocket({ netns: 'a', source });
    expect(await textOf(socket.connect(port, server))).toMatch(new RegExp(`^${source} \\d+$`));
  });

  it('are nowhere to be seen in the namespace of the program', async () => {
    const port = await serve(teller(), 'b', '0.0.0.0');
    const ours = new net.Socket().connect(port, '127.0.0.1');
    await expect(once(ours, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(execFileSync('ss', ['-Htln', `sport = ${port}`], { encoding: 'utf8' })).toBe('');
    const there = ip('netns', 'exec', 'b', 'ss', '-Htln', `sport = ${port}`);
    expect(there).toContain(`0.0.0.0:${port}`);
  });

  it('can wait before they connect', async () => {
    const port = await serve(teller(), 'b', '0.0.0.0');
    const socket = await openProbeSocket({ netns: 'a' });
    await delay(50);
    expect(await textOf(socket.connect(port, '192.0.2.2'))).toContain('192.0.2.1 ');
  });

  it('come from the address and port that they were told to', async () => {
    const port = await serve(teller(), 'b', '0.0.0.0');
    const socket = await openProbeSocket({ netns: 'a', source: '192.0.2.11', sourcePort: 4242 });
    expect(await textOf(socket.connect(port, '192.0.2.2'))).toBe('192.0.2.11 4242');
  });

  it('share one source port among servers: the port is chosen when the peer is known', async () => {
    ip('netns', 'exec', 'a', 'sysctl', '-qw', 'net.ipv4.ip_local_port_range=50000 50000');
    const ports = [await serve(teller(), 'b', '0.0.0.0'), await serve(teller(), 'b', '0.0.0.0')];
    const sockets = await Promise.all(
      ports.map(async (port) => {
        const socket = await openProbeSocket({ netns: 'a', source: '192.0.2.1' });
        return socket.connect(port, '192.0.2.2');
      }),
    );
    const told = await Promise.all(sockets.map(textOf));
    ip('netns', 'exec', 'a', 'sysctl', '-qw', 'net.ipv4.ip_local_port_range=32768 60999');
    expect(told).toEqual(['192.0.2.1 50000', '192.0.2.1 50000']);
  });

  it('work in the namespace of withNetns', async () => {
    const port = await withNetns('b', () => serveHere(teller(), '0.0.0.0'));
    const told = await withNetns('a', async () => {
      await delay(1);
      return textOf((await openProbeSocket()).connect(port, '192.0.2.2'));
    });
    expect(told).toContain('192.0.2.1 ');
  });

  it('serve http', async () => {
    const server = http.createServer((request, response) => {
      response.end(`${request.url} for ${request.socket.remoteAddress}`);
    });
    const port = await serve(server, 'b', '0.0.0.0');
    const socket = await openProbeSocket({ netns: 'a' });
    const request = http.get({
      path: '/health',
      createConnection: () => socket.connect(port, '192.0.2.2'),
    });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const body: Buffer[] = [];
    for await (const chunk of response) body.push(chunk);
    expect(Buffer.concat(body).toString()).toBe('/health for 192.0.2.1');
  });

  it('serve tls', async () => {
    // Pre-shared keys: no certificate is needed.
    const key = Buffer.alloc(16, 7);
    const shared = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
    const server = tls.createServer({ ...shared, pskCallback: () => key, pskIdentityHint: '' });
    server.on('secureConnection', (socket) => socket.end(`tls for ${socket.remoteAddress}`));
    const port = await serve(server, 'b', '0.0.0.0');
    const socket = await openProbeSocket({ netns: 'a' });
    const secure = tls.connect({
      ...shared,
      socket: socket.connect(port, '192.0.2.2'),
      pskCallback: () => ({ psk: key, identity: 'client' }),
      checkServerIdentity: () => undefined,
    });
    expect(await textOf(secure)).toBe('tls for 192.0.2.1');
  });

  it('carry their mark', async () => {
    const port = await serve(teller(), 'b', '0.0.0.0');
    ip('-n', 'a', 'rule', 'add', 'fwmark', '7', 'unreachable');
    const marked = await openProbeSocket({ netns: 'a', mark: 7 });
    const refused = once(marked.connect(port, '192.0.2.2'), 'connect');
    await expect(refused).rejects.toMatchObject({ code: 'ENETUNREACH' });
    const other = await openProbeSocket({ netns: 'a', mark: 8 });
    expect(await textOf(other.connect(port, '192.0.2.2'))).toContain('192.0.2.1 ');
    ip('-n', 'a', 'rule', 'del', 'fwmark', '7');
  });

  it('are bound to their device', async () => {
    const port = await serve(net.createServer(), 'b', '0.0.0.0');
    const socket = await openProbeSocket({ netns: 'a', device: 'eth0' });
    await once(socket.connect(port, '192.0.2.2'), 'connect');
    const seen = ip('netns', 'exec', 'a', 'ss', '-Htn', `dport = ${port}`);
    socket.destroy();
    expect(seen).toMatch(/ 192\.0\.2\.1%eth0:\d+ /);
  });
});

describe('link-local addresses', () => {
  it('are those of their device', async () => {
    const [device] = JSON.parse(ip('-j', '-n', 'b', 'address', 'show', 'dev', 'eth0'));
    const address = device.addr_info.find((info: { scope: string }) => info.scope === 'link').local;
    const port = 4343;
    // Until duplicate detection is done the address is not to be had.
    const fd = await vi.waitFor(() => openListener({ netns: 'b', device: 'eth0', address, port }), {
      timeout: 10_000,
      interval: 100,
    });
    // Node looks for the device in the program's own namespace when it is asked for such an address.
    const listener = net.createServer((socket) => socket.end('here'));
    servers.push(listener);
    listener.listen({ fd });
    await once(listener, 'listening');
    const seen = ip('netns', 'exec', 'b', 'ss', '-Htln', `sport = ${port}`);
    expect(seen).toContain(`[${address}]%eth0:${port}`);
    const socket = await openProbeSocket({ netns: 'a', family: 'ipv6', device: 'eth0' });
    expect(await textOf(socket.connect(port, address))).toBe('here');
  });
});

describe('sockets that cannot be had', () => {
  it.each([
    [
      { netns: 'c' },
      { code: 'ENOENT', syscall: 'setns' },
      'in /run/netns/c: ENOENT: there is no such network namespace; make it with',
    ],
    [
      { netns: '/etc/hostname' },
      { code: 'EINVAL', syscall: 'setns' },
      'that file is no network namespace',
    ],
    [
      { netns: 'a', device: 'eth7' },
      { code: 'ENODEV', syscall: 'setsockopt', field: 'device' },
      'open socket ipv4 on eth7 in /run/netns/a: ENODEV: there is no device eth7',
    ],
    [
      { netns: 'a', source: '192.0.2.9' },
      { code: 'EADDRNOTAVAIL', syscall: 'bind', field: 'source' },
      'no device in the namespace has the address 192.0.2.9; add it with addAddress()',
    ],
    [
      { netns: 'a', source: 'fe80::1' },
      { code: 'EINVAL', syscall: 'bind', field: 'source' },
      'name the device',
    ],
  ])('%j', async (options, error, message) => {
    await expect(openProbeSocket(options)).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining(message),
    });
  });

  it('a listener on a port that is taken', async () => {
    const port = await serve(teller(), 'b', '0.0.0.0');
    await expect(openListener({ netns: 'b', address: '0.0.0.0', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      field: 'address',
      object: `0.0.0.0:${port} in /run/netns/b`,
    });
    closeSync(await openListener({ netns: 'a', address: '0.0.0.0', port }));
  });

  it('leave nothing behind, nor do those that nobody waits for any more', async () => {
    const sockets = (): string[] =>
      readdirSync('/proc/self/fd')
        .map((fd) => {
          try {
            return readlinkSync(`/proc/self/fd/${fd}`);
          } catch {
            return '';
          }
        })
        .filter((target) => /^(socket|net|anon_inode):/.test(target))
        .sort();
    const before = sockets();
    for (let i = 0; i < 30; i++) {
      await expect(openProbeSocket({ netns: 'a', device: 'eth7' })).rejects.toThrow('ENODEV');
      (await openProbeSocket({ netns: 'a' })).destroy();
      const abort = new AbortController();
      const given = openProbeSocket({ netns: 'a', signal: abort.signal });
      const outcome = given.then(
        (socket) => socket.destroy(),
        (error: unknown) => expect(error).toMatchObject({ name: 'AbortError' }),
      );
      await delay(i / 20);
      abort.abort();
      await outcome;
    }
    await delay(20);
    expect(sockets()).toEqual(before);
  });
});
