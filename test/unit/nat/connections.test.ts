import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { dropConnections } from '../../../src/nat/connections.js';
import type { NatCore } from '../../../src/nat/core.js';
import type { ConnectionPattern } from '../../../src/nat/index.js';
import { originalDestination } from '../../../src/nat/index.js';
import { loadAddon } from '../../../src/native/index.js';

/** Says what the kernel would be asked for. */
const core = {
  ask: (_: string, { object }: { object: string }) => Promise.reject(new Error(object)),
} as unknown as NatCore;

describe('connections to drop', () => {
  it.each<[ConnectionPattern, string]>([
    [{ destination: '10.0.0.1' }, 'to 10.0.0.1'],
    [{ destination: '10.1.2.3/8', protocol: 6 }, 'to 10.0.0.0/8 6'],
    [{ destination: '2001:DB8::1', protocol: 'tcp', port: 80 }, 'to 2001:db8::1 tcp port 80'],
  ])('%j are %s', async (pattern, expected) => {
    await expect(dropConnections(core, pattern)).rejects.toThrow(expected);
  });

  it.each<[ConnectionPattern, RegExp]>([
    [{} as ConnectionPattern, /destination must be an address or a prefix/],
    [{ destination: '!10.0.0.1' }, /destination must be given without a !/],
    [{ destination: '10.0.0.1', protocol: '!tcp' }, /protocol must be given without a !/],
    [{ destination: '10.0.0.1', port: 80 }, /together with a protocol that has ports/],
    [{ destination: '10.0.0.1', protocol: 'icmp', port: 80 }, /together with a protocol/],
    [{ destination: '10.0.0.1', protocol: 'tcp', port: 0 }, /port must be an integer from 1/],
    [{ destination: '10.0.0.1', dport: 80 } as ConnectionPattern, /known properties/],
  ])('%j are refused', async (pattern, message) => {
    await expect(dropConnections(core, pattern)).rejects.toThrow(message);
  });
});

describe('the original destination', () => {
  it('is asked of an open socket only', async () => {
    expect(() => originalDestination({} as net.Socket)).toThrow(/a socket of node:net/);
    expect(() => originalDestination(new net.Socket())).toThrow(/connected and not destroyed/);
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    const [socket] = (await accepted) as [net.Socket];
    // Tracked or not, which is the machine's affair, it throws nothing.
    expect([undefined, '127.0.0.1']).toContain(originalDestination(socket)?.address);
    socket.destroy();
    expect(() => originalDestination(socket)).toThrow(/not destroyed/);
    client.destroy();
    server.close();
  });

  it('of a pipe is none', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lvs-pipe-'));
    const file = path.join(folder, 'pipe');
    execFileSync('mkfifo', [file]);
    const pipe = new net.Socket({ fd: openSync(file, 'r+') });
    rmSync(folder, { recursive: true });
    expect(() => originalDestination(pipe)).toThrow(/must be a TCP socket/);
    pipe.destroy();
  });

  it('that a policy of the machine keeps secret is an error', () => {
    const asked = vi.spyOn(loadAddon(), 'originalDestination').mockReturnValue(-13);
    const socket = { _handle: { fd: 7 }, localAddress: '10.0.0.1', localPort: 80 };
    expect(() => originalDestination(socket as unknown as net.Socket)).toThrow(
      'get original destination of 10.0.0.1 port 80: EACCES',
    );
    asked.mockRestore();
  });
});
