import { once } from 'node:events';
import type net from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Backend } from '../../../src/nat/index.js';
import { Nat, originalDestination } from '../../../src/nat/index.js';
import {
  answer,
  buildNetwork,
  call,
  connect,
  removeNetwork,
  server,
  trackedConnections,
} from './network.js';

const vip = '10.0.0.1';
const vip6 = '2001:db8:1::1';

/** What becomes of packets, on every backend: for VIPs that no interface has. */
export function trafficSuite(backend: Backend): void {
  const listeners: net.Server[] = [];

  beforeAll(() => buildNetwork([vip, vip6]));
  afterAll(removeNetwork);
  afterEach(async () => {
    for (const listener of listeners.splice(0)) listener.close();
    await using nat = await Nat.open({ backend, netns: server });
    await nat.flush();
    await nat.flush({ family: 'ipv6' });
  });

  async function listen(port: number, meet?: (socket: net.Socket) => void): Promise<void> {
    listeners.push(await answer(port, meet));
  }

  it.each([vip, vip6])('for %s, configured nowhere, reaches a listener', async (destination) => {
    await listen(8080);
    await using nat = await Nat.open({ backend, netns: server });
    const rule = { destination, protocol: 'tcp', destinationPort: 80, toPorts: 8080 };
    expect(await call(destination, 80)).not.toBe('here');
    await nat.addRedirect(rule);
    expect(await call(destination, 80)).toBe('here');
    expect(await call(destination, 81)).not.toBe('here');
    expect((await nat.getRedirect(rule))?.packets).toBe(1);
    await nat.zeroCounters();
    const found = await nat.getRedirect(rule);
    expect([found?.packets, found?.bytes]).toEqual([0, 0]);
    await nat.replaceRedirect(rule, { ...rule, destinationPort: [81, 90] });
    expect(await call(destination, 80)).not.toBe('here');
    expect(await call(destination, 81)).toBe('here');
    await nat.zeroCounters();
    expect(await call(destination, 90)).toBe('here');
    await nat.flushOwn();
    expect(await call(destination, 81)).not.toBe('here');
  });

  it.each([vip, vip6])('for %s tells where it was meant to go', async (address) => {
    await listen(8080, (socket) => socket.end(JSON.stringify(originalDestination(socket))));
    await using nat = await Nat.open({ backend, netns: server });
    await nat.addRedirect({ destination: address, protocol: 'tcp', toPorts: 8080 });
    expect(JSON.parse(await call(address, 443))).toEqual({ address, port: 443 });
    const own = address === vip ? '192.0.2.2' : '2001:db8:2::2';
    expect(JSON.parse(await call(own, 8080))).toEqual({ address: own, port: 8080 });
  });

  it.each([
    [vip, 'ipv4'],
    [vip6, 'ipv6'],
  ] as const)(
    'of %s that met a policy is counted, until that is zeroed',
    async (destination, family) => {
      await listen(8080);
      await using nat = await Nat.open({ backend, netns: server });
      const counted = async (): Promise<number | undefined> => {
        const chains = await nat.listChains({ family });
        return chains.find(({ name }) => name === 'PREROUTING')?.packets;
      };
      await nat.addRedirect({ destination, protocol: 'tcp', destinationPort: 80, toPorts: 8080 });
      await nat.zeroCounters();
      expect(await call(destination, 80)).toBe('here');
      expect(await counted()).toBe(0);
      await call(destination, 81);
      expect(await counted()).toBeGreaterThan(0);
      await nat.zeroCounters();
      expect(await counted()).toBe(0);
    },
  );

  it.each([vip, vip6])('to %s that is tracked can be dropped', async (destination) => {
    const echo = (socket: net.Socket): void =>
      void socket.pipe(socket).on('error', () => undefined);
    await listen(8080, echo);
    await listen(8081, echo);
    await using nat = await Nat.open({ backend, netns: server });
    const rule = { destination, protocol: 'tcp', destinationPort: [80, 81], toPorts: 8080 };
    await nat.addRedirect(rule);
    await nat.dropConnections({ destination }); // of the tests before
    const one = await connect(destination, 80);
    const other = await connect(destination, 81);
    await nat.replaceRedirect(rule, { ...rule, toPorts: 8081 });
    expect(await said(one, 'still there')).toBe('still there');
    const ours = (): string[] => trackedConnections().filter((to) => to.startsWith(destination));
    expect(ours()).toEqual([`${destination} 80`, `${destination} 81`]);

    expect(await nat.dropConnections({ destination, protocol: 'udp' })).toBe(0);
    expect(await nat.dropConnections({ destination, protocol: 'tcp', port: 80 })).toBe(1);
    expect(ours()).toEqual([`${destination} 81`]);
    const broken = once(one, 'error');
    one.write('who is there?');
    expect(await broken).toMatchObject([{ code: 'ECONNRESET' }]);
    expect(await said(other, 'still there')).toBe('still there');

    const prefix = destination === vip ? '10.0.0.0/29' : '2001:db8:1::/48';
    expect(await nat.dropConnections({ destination: prefix, protocol: 'tcp' })).toBeGreaterThan(0);
    expect(ours()).toEqual([]);
    expect(await nat.dropConnections({ destination })).toBe(0);
    other.destroy();
  });
}

/** Says something and returns the answer. */
async function said(socket: net.Socket, words: string): Promise<string> {
  socket.write(words);
  const [answered] = await once(socket, 'data');
  return String(answered);
}
