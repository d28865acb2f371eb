import { describe, expect, test } from 'vitest';
import { analyseForwarding } from '../../../src/capture/forwarding/analyse.js';
import { arp, bytes, ethernet, flags, ipv4, tcp, u16, u32, udp } from './support/build.js';
import { frameOf } from './support/pcap-file.js';

const vip = '10.0.0.1';
const client = { mac: '02:00:00:00:00:01', address: '10.0.0.254' };
const director = '02:00:00:00:00:0d';
const servers = ['02:00:00:00:00:21', '02:00:00:00:00:22'] as const;
const probes = [40_001, 40_002].map((port) => ({ address: client.address, port }));

function frame(source: string, destination: string, packet: Uint8Array): Uint8Array {
  return ethernet(0x08_00, packet, { source, destination });
}

function syn(port: number, destination = vip, destinationPort = 80): Uint8Array {
  const addresses = { source: client.address, destination };
  return ipv4(6, tcp(port, destinationPort, { flags: flags.syn }), addresses);
}

function answer(port: number, set: number = flags.syn | flags.ack): Uint8Array {
  return ipv4(6, tcp(80, port, { flags: set }), { source: vip, destination: client.address });
}

function report(...list: readonly Uint8Array[]): ReturnType<typeof analyseForwarding> {
  return analyseForwarding(
    list.map((one, index) => frameOf(one, index)),
    { vip, port: 80 },
    probes,
  );
}

const asked = probes.map(({ port }) => frame(client.mac, director, syn(port)));

describe('analyseForwarding', () => {
  test('direct routing: another MAC, the same packet', () => {
    const [first, second] = asked as [Uint8Array, Uint8Array];
    const result = report(
      first,
      frame(director, servers[0], syn(40_001)),
      frame(servers[0], client.mac, answer(40_001)),
      second,
      frame(director, servers[1], syn(40_002)),
      frame(servers[1], client.mac, answer(40_002, flags.rst | flags.ack)),
    );
    const dr = { method: 'dr', address: undefined, port: undefined, tunnel: undefined, probes: 1 };
    expect(result).toMatchObject({ director, notForwarded: 0, arpAnswers: [] });
    expect(result.servers).toEqual([
      { ...dr, mac: servers[0], accepted: 1, refused: 0, unanswered: 0 },
      { ...dr, mac: servers[1], accepted: 0, refused: 1, unanswered: 0 },
    ]);
    expect(result.frames).toHaveLength(6);
  });

  test('NAT: another destination', () => {
    const nat = probes.map(({ port }) => frame(director, servers[0], syn(port, '10.0.0.20', 8080)));
    expect(report(...asked, ...nat).servers).toEqual([
      {
        method: 'nat',
        mac: servers[0],
        address: '10.0.0.20',
        port: 8080,
        tunnel: undefined,
        probes: 2,
        accepted: 0,
        refused: 0,
        unanswered: 2,
      },
    ]);
  });

  test.each([
    [
      'ipip',
      (inner: Uint8Array) => ipv4(4, inner, { source: '10.0.0.10', destination: '10.0.0.30' }),
    ],
    [
      'gre',
      (inner: Uint8Array) =>
        ipv4(47, bytes([0, 0, 8, 0], inner), { source: '10.0.0.10', destination: '10.0.0.30' }),
    ],
    [
      'gue',
      (inner: Uint8Array) =>
        ipv4(17, udp(5000, 6080, bytes([0, 4, 0, 0], inner)), {
          source: '10.0.0.10',
          destination: '10.0.0.30',
        }),
    ],
  ])('tunnel: %s', (type, wrap) => {
    const sent = probes.map(({ port }) => frame(director, servers[1], wrap(syn(port))));
    expect(report(...asked, ...sent).servers).toMatchObject([
      {
        method: 'tun',
        mac: servers[1],
        address: '10.0.0.30',
        tunnel: { type, source: '10.0.0.10' },
        probes: 2,
        unanswered: 2,
      },
    ]);
  });

  test('nobody sends on', () => {
    expect(report(...asked, ...asked)).toMatchObject({ director, servers: [], notForwarded: 2 });
    expect(report()).toMatchObject({
      director: undefined,
      servers: [],
      notForwarded: 2,
      frames: [],
    });
  });

  test('who answers for the VIP', () => {
    const reply = (mac: string, address: string): Uint8Array =>
      ethernet(0x08_06, arp(2, [mac, address], [client.mac, client.address]));
    const advertised = ethernet(
      0x86_dd,
      bytes(u32(0x60_00_00_00), u16(0), 59, 1, new Uint8Array(32)),
    );
    const result = report(
      reply(director, vip),
      reply(servers[0], vip),
      reply(servers[0], vip),
      reply(servers[1], '10.0.0.30'),
      advertised,
      ...asked,
      frame(director, servers[1], syn(40_001)),
    );
    expect(result.arpAnswers).toEqual([director, servers[0]]);
    expect(result.wrongArpAnswers).toEqual([servers[0]]);
    expect(result.frames).toHaveLength(6);
  });

  test('a real server that took the probes past the director', () => {
    const [server] = servers;
    const reply = (mac: string): Uint8Array =>
      ethernet(0x08_06, arp(2, [mac, vip], [client.mac, client.address]));
    const result = report(
      reply(director),
      reply(server),
      frame(client.mac, server, syn(40_001)),
      frame(server, client.mac, answer(40_001)),
    );
    expect(result).toMatchObject({ director, notForwarded: 2, wrongArpAnswers: [server] });
  });

  test('a director that sends on out of another device', () => {
    const inner = '02:00:00:00:00:1d';
    const reply = ethernet(0x08_06, arp(2, [director, vip], [client.mac, client.address]));
    const sentOn = probes.map(({ port }) => frame(inner, servers[0], syn(port, '10.0.0.20')));
    expect(report(reply, ...asked, ...sentOn)).toMatchObject({ director, wrongArpAnswers: [] });
    // Where only the network of the real servers is watched, nothing else shows it.
    expect(report(...sentOn)).toMatchObject({ director: inner, servers: [{ unanswered: 2 }] });
  });

  test('the client tries once more, at another machine', () => {
    const result = report(
      frame(client.mac, servers[1], syn(40_001)),
      ...asked,
      frame(director, servers[0], syn(40_001)),
      frame(director, servers[0], syn(40_002)),
    );
    expect(result).toMatchObject({ director, servers: [{ mac: servers[0], probes: 2 }] });
  });

  test('other connections are none of it', () => {
    const other = frame(client.mac, director, syn(50_000));
    expect(report(other, other, ...asked).frames).toHaveLength(2);
  });
});
