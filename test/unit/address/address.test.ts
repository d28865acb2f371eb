import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAddress, familyOf, formatAddress, writeAddress } from '../../../src/address/index.js';

/** Node's own reading and writing of an address. */
function oracle(address: string): string {
  return new SocketAddress({ address, family: address.includes(':') ? 'ipv6' : 'ipv4' }).address;
}

function bytesOf(address: string): number[] {
  const view = new DataView(new ArrayBuffer(16));
  const length = writeAddress(view, 0, address);
  return [...new Uint8Array(view.buffer, 0, length)];
}

function textOf(bytes: readonly number[]): string {
  const view = new DataView(Uint8Array.from([0xff, ...bytes, 0xff]).buffer);
  return formatAddress(view, 1, bytes.length);
}

/** IPv6 bytes in which runs of zeros are common. */
const ipv6Bytes = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0xff_ff), fc.integer({ min: 0, max: 0xff_ff })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => groups.flatMap((group) => [group >> 8, group & 255]));

describe('the text form', () => {
  it('of IPv4 is what Node says', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(textOf(bytesOf(address))).toBe(oracle(address));
      }),
    );
  });

  it('of IPv6 is what Node says, for every way to write the address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(textOf(bytesOf(address))).toBe(oracle(address));
        expect(checkAddress('a', address.toUpperCase()).text).toBe(oracle(address));
      }),
    );
  });

  it('of any sixteen bytes is read back as the same bytes, by us and by Node', () => {
    fc.assert(
      fc.property(ipv6Bytes, (bytes) => {
        const text = textOf(bytes);
        expect(text).toBe(oracle(text));
        expect(bytesOf(text)).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['::', '::'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:2', '::2'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['::ffff:a00:1', '::ffff:10.0.0.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['fe80::', 'fe80::'],
  ])('of %s is %s', (address, expected) => {
    expect(checkAddress('a', address)).toEqual({ family: 'ipv6', text: expected });
  });

  it('of no known length is empty', () => {
    expect(textOf([1, 2, 3])).toBe('');
    expect(textOf([])).toBe('');
  });
});

/** Texts that are nearly addresses: pieces of them in any order. */
const nearly = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('::', ':', '.', '0', '1', '25', '255', '256', '01') },
      fc.constantFrom('a:', '1:', 'ffff', 'fffff', '1.2.3.4', ':1.2.3.4', 'g', 'F', '%', ' '),
      fc.ipV6(),
    ),
    { maxLength: 10 },
  )
  .map((pieces) => pieces.join(''));

describe('familyOf', () => {
  it('answers as Node does', () => {
    const check = (text: string): void => {
      const ipv6 = isIPv6(text) && !text.includes('%') ? 'ipv6' : undefined;
      expect(familyOf(text), text).toBe(isIPv4(text) ? 'ipv4' : ipv6);
    };
    fc.assert(fc.property(nearly, check), { numRuns: 5000 });
    fc.assert(fc.property(fc.ipV4(), check));
  });
});

describe('checkAddress', () => {
  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.1.2',
    '010.0.0.1',
    '10.0.0.1/24',
    ' 10.0.0.1',
    '1:2:3:4:5:6:7',
    '1::2::3',
    '::g',
    'fe80::1%lo',
    '[::1]',
    'localhost',
  ])('refuses %j', (address) => {
    expect(familyOf(address)).toBeUndefined();
    expect(() => checkAddress('vip', address)).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_VALUE',
        message: `vip must be an IPv4 or IPv6 address; got '${address}'`,
      }),
    );
  });

  it.each([undefined, null, 7, {}, ['10.0.0.1']])('refuses %j, which is no text', (address) => {
    expect(() => checkAddress('vip', address)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });
});
