import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatFrame, verifyForwarding } from '../../../src/capture/index.js';
import { Ipvs } from '../../../src/ipvs/index.js';
import { createNetns, openListener, removeNetns } from '../../../src/netns/index.js';
import { run } from './support/wire.js';

/** A client's bridge with a director and two real servers at it, each in a namespace of its own. */
const machines = {
  director: { address: '10.0.0.10', mac: '02:00:00:00:00:10' },
  server1: { address: '10.0.0.20', mac: '02:00:00:00:00:20' },
  server2: { address: '10.0.0.30', mac: '02:00:00:00:00:30' },
} as const;
const vip = '10.0.0.1';
const listening: Server[] = [];

function inside(netns: string, command: string): void {
  run('ip', 'netns', 'exec', netns, 'sh', '-c', command);
}

function setArpIgnore(netns: string, value: number): void {
  inside(netns, `echo ${value} >/proc/sys/net/ipv4/conf/all/arp_ignore`);
}

async function listen(netns: string): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
  });
  server.listen({ fd: await openListener({ netns, address: '0.0.0.0', port: 80 }) });
  listening.push(server);
}

beforeAll(async () => {
  run('ip', 'link', 'add', 'br0', 'type', 'bridge');
  run('ip', 'address', 'add', '10.0.0.254/24', 'dev', 'br0');
  run('ip', 'link', 'set', 'br0', 'up');
  for (const [name, { address, mac }] of Object.entries(machines)) {
    await createNetns(name);
    run(
      'ip',
      'link',
      'add',
      `to-${name}`,
      'master',
      'br0',
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      name,
    );
    run('ip', 'link', 'set', `to-${name}`, 'up');
    inside(name, 'ip link set lo up; echo 2 >/proc/sys/net/ipv4/conf/all/arp_announce');
    inside(name, `ip link set eth0 address ${mac} up; ip address add ${address}/24 dev eth0`);
  }
  inside('director', `ip address add ${vip}/32 dev eth0; echo 1 >/proc/sys/net/ipv4/ip_forward`);
  for (const name of ['server1', 'server2']) {
    setArpIgnore(name, 1);
    inside(name, `ip address add ${vip}/32 dev lo`);
    await listen(name);
  }
  await using ipvs = await Ipvs.open({ netns: 'director' });
  const service = { protocol: 'tcp', address: vip, scheduler: 'rr' } as const;
  await ipvs.addService({ ...service, port: 80 });
  await ipvs.addDest(`tcp://${vip}:80`, { address: '10.0.0.20', port: 80, fwd: 'dr' });
  await ipvs.addDest(`tcp://${vip}:80`, { address: '10.0.0.30', port: 80, fwd: 'dr' });
  await ipvs.addService({ ...service, port: 81 });
  await ipvs.addDest(`tcp://${vip}:81`, { address: '10.0.0.20', port: 8081, fwd: 'nat' });
  await ipvs.addService({ ...service, port: 82 });
  await ipvs.addDest(`tcp://${vip}:82`, { address: '10.0.0.30', port: 82, fwd: 'tun' });
});

afterAll(async () => {
  for (const server of listening) server.close();
  for (const name of Object.keys(machines)) await removeNetns(name);
  run('ip', 'link', 'delete', 'br0');
});

describe('verifyForwarding', () => {
  test('direct routing to both servers, in turns', async () => {
    const report = await verifyForwarding({ vip, port: 80, device: 'br0' });
    expect(report.director).toBe(machines.director.mac);
    const dr = { method: 'dr', probes: 2, accepted: 2, refused: 0, unanswered: 0 };
    const byMac = [...report.servers].sort((a, b) => a.mac.localeCompare(b.mac));
    expect(byMac).toMatchObject([
      { ...dr, mac: machines.server1.mac },
      { ...dr, mac: machines.server2.mac },
    ]);
    expect(report).toMatchObject({ notForwarded: 0, wrongArpAnswers: [] });
    expect(report.arpAnswers).toEqual([machines.director.mac]);
    const lines = report.frames.map(formatFrame);
    const sentOn = `${machines.director.mac} > ${machines.server1.mac}, ethertype IPv4`;
    expect(
      lines.some((line) => line.includes(sentOn) && line.includes(`> ${vip}.80: Flags [S]`)),
    ).toBe(true);
  });

  test('NAT and tunnel', async () => {
    const nat = await verifyForwarding({ vip, port: 81, device: 'br0', probes: 1, timeout: 200 });
    expect(nat.servers).toMatchObject([
      { method: 'nat', mac: machines.server1.mac, address: '10.0.0.20', port: 8081, accepted: 0 },
    ]);
    const tun = await verifyForwarding({ vip, port: 82, device: 'br0', probes: 1, timeout: 200 });
    expect(tun.servers).toMatchObject([
      {
        method: 'tun',
        mac: machines.server2.mac,
        address: '10.0.0.30',
        tunnel: { type: 'ipip', source: '10.0.0.10' },
        unanswered: 1,
      },
    ]);
  });

  test('a real server that answers for the VIP is named', async () => {
    setArpIgnore('server2', 0);
    const report = await verifyForwarding({ vip, port: 80, device: 'br0', probes: 1 });
    setArpIgnore('server2', 1);
    expect(report.wrongArpAnswers).toEqual([machines.server2.mac]);
  });

  test('without a service nothing is sent on', async () => {
    const report = await verifyForwarding({ vip, port: 99, device: 'br0', probes: 2 });
    expect(report).toMatchObject({ servers: [], notForwarded: 2 });
  });

  test('options that make no sense are refused', async () => {
    const wrong = { vip, port: 80, device: 'br0' };
    await expect(verifyForwarding({ ...wrong, vip: 'x' })).rejects.toThrow(/^vip must be/);
    await expect(verifyForwarding({ ...wrong, port: 0 })).rejects.toThrow(/^port must be/);
    await expect(verifyForwarding({ ...wrong, probes: 0 })).rejects.toThrow(/^probes must be/);
  });
});
