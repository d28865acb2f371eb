import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAddressPattern,
  parseAddressPattern,
  prefixLengthOf,
} from '../../../src/xtables/address-pattern.js';
import {
  formatMark,
  formatPorts,
  parseInterface,
  parseMark,
  parsePorts,
} from '../../../src/xtables/pattern.js';
import { formatRule } from '../../../src/xtables/save-line.js';

describe('patterns come back as they were read', () => {
  it('of addresses', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4().map((a) => [a, 32] as const),
          fc.ipV6().map((a) => [a, 128] as const),
        ),
        fc.nat(128),
        fc.boolean(),
        ([address, most], length, not) => {
          const prefix = Math.min(length, most);
          const pattern = parseAddressPattern('x', `${not ? '!' : ''}${address}/${prefix}`);
          expect(prefixLengthOf(pattern.mask)).toBe(prefix);
          expect(parseAddressPattern('x', formatAddressPattern(pattern))).toEqual(pattern);
        },
      ),
    );
  });

  it('of ports', () => {
    const range = fc
      .tuple(fc.nat(65_535), fc.nat(65_535))
      .map(([a, b]) => [a, b].sort((x, y) => x - y));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), fc.boolean(), (ranges, not) => {
        const ports = { not, ranges: ranges as unknown as [number, number][] };
        expect(parsePorts('x', formatPorts(ports))).toEqual(ports);
      }),
    );
  });

  it('of marks', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(word, word, fc.boolean(), (value, mask, not) => {
        const mark = { not, value, mask };
        expect(parseMark('x', formatMark(mark))).toEqual(mark);
      }),
    );
  });
});

describe('patterns', () => {
  it('tell a mask that is no prefix', () => {
    expect(prefixLengthOf('255.0.255.0')).toBeUndefined();
    expect(prefixLengthOf('0.0.0.0')).toBe(0);
    expect(formatAddressPattern(parseAddressPattern('x', '10.1.2.3/255.0.255.0'))).toBe(
      '10.0.2.0/255.0.255.0',
    );
  });

  it.each(['', '!', '+', 'a/b', '!!eth0', 'x'.repeat(16)])('refuse the interface %j', (text) => {
    expect(() => parseInterface('inInterface', text)).toThrow(/inInterface must be/);
  });
});

it('a rule is shown as iptables-save shows it', () => {
  expect(
    formatRule({
      source: '!10.0.0.0/8',
      inInterface: 'eth+',
      outInterface: '!lo',
      protocol: 'tcp',
      fragment: false,
      matches: [
        { kind: 'tcp', destinationPort: '!80', flags: { mask: 0x12, set: 0x02 } },
        { kind: 'tcp', option: { number: 8, not: true } },
        { kind: 'multiport', side: 'either', ports: [1, '2-3'] },
      ],
      target: { kind: 'goto', chain: 'shop' },
    }),
  ).toBe(
    '! -s 10.0.0.0/8 -i eth+ ! -o lo -p tcp ! -f -m tcp ! --dport 80 --tcp-flags SYN,ACK SYN ' +
      '-m tcp ! --tcp-option 8 -m multiport --ports 1,2:3 -g shop',
  );
});
