import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Layer } from '../../../src/capture/index.js';
import { decodeFrame, formatFrame, frameFormatter } from '../../../src/capture/index.js';
import { bytes, ethernet, ipv4, ipv6, macs, tcp, text, udp } from './support/build.js';
import { corpus } from './support/corpus.js';
import { messages } from './support/messages.js';
import { odd } from './support/odd.js';
import { frameOf } from './support/pcap-file.js';

/** What the kernel sends as GUE (draft-ietf-intarea-gue), and what it may send one day. */
const gue = (payload: Uint8Array): Uint8Array =>
  ethernet(0x08_00, ipv4(17, udp(5555, 6080, payload)));
const gues = [
  ['GUE of IPv4 without a header', gue(ipv4(6, tcp(1, 2)))],
  ['GUE of IPv6 without a header', gue(ipv6(17, udp(1, 2)))],
  ['GUE of a later version', gue(bytes(0x80, 0, 0, 0))],
  ['GUE control message', gue(bytes(0x20, 1, 0, 0, text('control')))],
] as const;
const named = new Map<string, Uint8Array>([...corpus, ...odd, ...messages, ...gues]);

function layersOf(name: string): Layer[] {
  return decodeFrame(frameOf(named.get(name) ?? bytes()));
}

function namesOf(name: string): string[] {
  return layersOf(name).map(({ layer }) => layer);
}

describe('layers', () => {
  test.each([
    ['ARP request', 'ethernet arp'],
    ['TCP SYN', 'ethernet ipv4 tcp'],
    ['HTTP request', 'ethernet ipv4 tcp payload'],
    ['UDP', 'ethernet ipv4 udp payload'],
    ['UDP without data', 'ethernet ipv4 udp'],
    ['ICMP echo request', 'ethernet ipv4 icmp payload'],
    ['later fragment', 'ethernet ipv4 payload'],
    ['IP in IP', 'ethernet ipv4 ipv4 tcp'],
    ['IPv6 in IP', 'ethernet ipv4 ipv6 udp payload'],
    ['GRE with key and sequence', 'ethernet ipv4 gre ipv4 tcp'],
    ['GUE', 'ethernet ipv4 udp gue ipv4 tcp'],
    ['unknown protocol', 'ethernet ipv4 payload'],
    ['neighbour solicitation', 'ethernet ipv6 icmpv6 payload'],
    ['IPv6 destination options', 'ethernet ipv6 udp payload'],
    ['IPv6 first fragment', 'ethernet ipv6 udp payload'],
    ['IPv6 later fragment', 'ethernet ipv6 payload'],
    ['two tags', 'ethernet vlan vlan ipv4 udp'],
    ['GRE with Ethernet', 'ethernet ipv4 gre ethernet ipv4 udp payload'],
    ['IPv4 length too small', 'ethernet broken'],
    ['TCP header too long', 'ethernet ipv4 broken'],
    ['tag without anything', 'ethernet broken'],
    ['padding behind IPv4', 'ethernet ipv4 udp payload'],
    ['IPv6 routing', 'ethernet ipv6 udp payload'],
    ['GUE of IPv4 without a header', 'ethernet ipv4 udp ipv4 tcp'],
    ['GUE of IPv6 without a header', 'ethernet ipv4 udp ipv6 udp'],
    ['GUE of a later version', 'ethernet ipv4 udp payload'],
    ['GUE control message', 'ethernet ipv4 udp gue payload'],
    ['GRE of version 2', 'ethernet ipv4 payload'],
  ])('%s: %s', (name, layers) => {
    expect(namesOf(name)).toEqual(layers.split(' '));
  });

  test('say what the headers say', () => {
    expect(layersOf('VLAN').slice(0, 4)).toMatchObject([
      { source: macs.client, destination: macs.director, type: 0x81_00 },
      { identifier: 100, priority: 3, dropEligible: false, tagType: 0x81_00, type: 0x08_00 },
      { source: '10.0.0.1', destination: '10.0.0.2', protocol: 6, ttl: 64, length: 60 },
      { sourcePort: 40_000, destinationPort: 80, sequence: 1000, flags: ['syn'], payloadLength: 0 },
    ]);
    expect(layersOf('GRE with key and sequence')[2]).toEqual({
      layer: 'gre',
      type: 0x08_00,
      checksum: undefined,
      key: 77,
      sequence: 3,
    });
    expect(layersOf('GUE')[3]).toEqual({ layer: 'gue', protocol: 4, control: false });
    expect(layersOf('neighbour solicitation')[2]).toMatchObject({ type: 135, target: '::9' });
    expect(layersOf('ARP reply')[1]).toEqual({
      layer: 'arp',
      operation: 2,
      senderMac: macs.director,
      senderAddress: '10.0.0.2',
      targetMac: macs.client,
      targetAddress: '10.0.0.1',
    });
    expect(layersOf('IPv6 with flow label')[1]).toMatchObject({ flowLabel: 0x1_23_45 });
  });

  test('a cut segment still tells how long it was', () => {
    const whole = ethernet(0x08_00, ipv4(6, tcp(1, 2, {}, text('x'.repeat(100)))));
    const layers = decodeFrame(frameOf(whole.subarray(0, 60), 0, whole.length));
    expect(layers.slice(2)).toMatchObject([{ payloadLength: 100 }, { bytes: { length: 6 } }]);
  });

  test('packets in packets come to an end', () => {
    let packet = ipv6(59, bytes());
    for (let depth = 0; depth < 200; depth++) packet = ipv6(41, packet);
    const layers = decodeFrame(frameOf(ethernet(0x86_dd, packet)));
    expect(layers).toHaveLength(33);
    expect(layers.at(-1)?.layer).toBe('payload');
  });
});

describe('hostile bytes neither throw nor lead beyond the frame', () => {
  const seeds = [...named.values()];
  const arbitrary = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }),
        fc.nat(200),
      )
      .map(([seed, changes, cut]) => {
        const frame = Uint8Array.from(seed);
        for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
        return frame.subarray(0, Math.max(1, frame.length - (cut % (frame.length + 1))));
      }),
  );

  test('decodeFrame and formatFrame', () => {
    const format = frameFormatter();
    fc.assert(
      fc.property(arbitrary, fc.nat(2000), fc.boolean(), (frame, more, raw) => {
        // Bytes around the frame that must never show.
        const room = new Uint8Array(frame.length + 64).fill(0xee);
        room.set(frame, 32);
        const inside = room.subarray(32, 32 + frame.length);
        const linkType = raw ? ('raw' as const) : ('ethernet' as const);
        const one = { ...frameOf(frame, 0, frame.length + more), linkType };
        const other = { ...one, bytes: inside };
        expect(decodeFrame(other)).toEqual(decodeFrame(one));
        expect(formatFrame(other)).toBe(formatFrame(one));
        expect(typeof format(other)).toBe('string');
      }),
      { numRuns: 4000 },
    );
  });
});
