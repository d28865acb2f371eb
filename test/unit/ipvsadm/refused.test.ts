// Lines that a kernel with ipvsadm is asked about in test/kernel/ipvsadm, and what is no line at all.
import { describe, expect, it } from 'vitest';
import { formatRules, parseRule } from '../../../src/index.js';
import { misread, refused } from '../../kernel/ipvsadm/refused.js';

describe('parseRule refuses', () => {
  it.each([...refused, ...misread.map(([line]) => line)])('%s', (line) => {
    expect(() => parseRule(line)).toThrow(/ must be /);
  });

  it.each([
    ['-a -r 10.0.0.20 -t 10.0.0.1:80', /given after the service, or with a port/],
    ['--set 0 0 0', /followed by at least one timeout other than 0/],
  ])('what ipvsadm takes without doing what it says: %s', (line, reason) => {
    expect(() => parseRule(line)).toThrow(reason);
  });

  it('words that are none', () => {
    for (const words of [7, ['-L', 7], null]) {
      expect(() => parseRule(words as never)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
  });

  it('-R without the rules to read', () => {
    expect(() => parseRule('-R')).toThrow(/given with the rules to read/);
    expect(parseRule('-R', { input: '' }).method).toBe('restore');
  });
});

it('formatRules refuses tunnels that ipvsadm has no words for', () => {
  const tunnel = { type: 'vxlan', port: 4789, checksum: 'none' };
  const dest = { address: '10.0.0.20', port: 80, fwd: 'tun', weight: 1, tunnel };
  const service = { fwmark: 7, family: 'ipv4', scheduler: 'rr', schedulerFlags: [], dests: [dest] };
  expect(() => formatRules({ services: [service] } as never)).toThrow(
    /^dest\.tunnel\.type of fwmark:7 must be something that ipvsadm can read back/,
  );
});
