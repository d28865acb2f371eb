import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Destination, ServiceTree } from '../../../src/index.js';
import { formatRules, parseRule } from '../../../src/index.js';

const stats = {
  connections: 0,
  inPackets: 0,
  outPackets: 0,
  inBytes: 0,
  outBytes: 0,
  connectionRate: 0,
  inPacketRate: 0,
  outPacketRate: 0,
  inByteRate: 0,
  outByteRate: 0,
};
const port = fc.integer({ min: 1, max: 65535 });
const address = fc.ipV4();

const dest: fc.Arbitrary<Destination> = fc
  .record({
    address,
    port,
    weight: fc.nat(65535),
    upperThreshold: fc.nat(),
    fwd: fc.constantFrom('nat' as const, 'dr' as const),
  })
  .map((chosen) => ({
    ...chosen,
    family: 'ipv4' as const,
    lowerThreshold: chosen.upperThreshold >> 1,
    activeConnections: 0,
    inactiveConnections: 0,
    persistentConnections: 0,
    stats,
  }));

const service: fc.Arbitrary<ServiceTree> = fc.record({
  fwmark: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  family: fc.constant('ipv4' as const),
  scheduler: fc.constantFrom('rr', 'wlc', 'none'),
  schedulerFlags: fc.subarray(['flag-1' as const, 'flag-2' as const, 'flag-3' as const]),
  onePacket: fc.boolean(),
  persistence: fc.record({
    timeout: fc.integer({ min: 1, max: 2147483 }),
    prefixLength: fc.integer({ min: 1, max: 32 }),
  }),
  stats: fc.constant(stats),
  dests: fc.tuple(dest),
});

describe('rules', () => {
  it('say again what they were written from', () => {
    fc.assert(
      fc.property(service, (tree) => {
        const text = formatRules({ services: [tree] }, { thresholds: true });
        const [first, second] = text.split('\n').map((line) => parseRule(line));
        const { stats: _, dests, ...configured } = tree;
        expect(first).toEqual({
          method: 'addService',
          arguments: [{ ...configured, persistenceEngine: undefined }],
        });
        const [{ address: host, port: number, fwd, weight, upperThreshold, lowerThreshold }] =
          dests as readonly [Destination];
        expect(second?.method).toBe('addDest');
        expect(second?.arguments[1]).toEqual({
          address: host,
          port: number,
          fwd,
          weight,
          upperThreshold,
          lowerThreshold,
        });
      }),
    );
  });

  it('are refused with a TypeError or RangeError, whatever the words', () => {
    const words = fc.constantFrom('-A', '-a', '-t', '10.0.0.1:80', '-p', '-M', '-r', '--set', '-6');
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), (line) => {
        try {
          expect(parseRule(line).method).toBeTypeOf('string');
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^ERR_(INVALID_ARG|OUT_OF)/));
        }
      }),
    );
  });
});
