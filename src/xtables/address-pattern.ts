import type { Family } from '../address/index.js';
import { familyOf, formatAddress, writeAddress } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';

/** Addresses that a rule matches. */
export interface AddressPattern {
  readonly not: boolean;
  readonly family: Family;
  /** Its bits beyond the mask are zero. */
  readonly address: string;
  readonly mask: string;
}

const wholeMasks = {
  ipv4: '255.255.255.255',
  ipv6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
} as const;
const expected = "an address or a prefix, '10.0.0.0/8', with a '!' before it if it is inverted";

/** Reads `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`, `10.0.0.1/255.0.0.255`, or `!` before one. */
export function parseAddressPattern(name: string, value: unknown): AddressPattern {
  if (typeof value !== 'string') throw invalidType(name, expected, value);
  const not = value.startsWith('!');
  const text = not ? value.slice(1) : value;
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const family = familyOf(host);
  if (family === undefined) throw invalidValue(name, expected, value);
  if (slash < 0) {
    const address = family === 'ipv4' ? host : textOf(bytesOf(host));
    return { not, family, address, mask: wholeMasks[family] };
  }
  const mask = maskOf(text.slice(slash + 1), family);
  if (mask === undefined) throw invalidValue(name, expected, value);
  const address = bytesOf(host);
  for (let i = 0; i < address.length; i++) address[i] = (address[i] ?? 0) & (mask[i] ?? 0);
  return { not, family, address: textOf(address), mask: textOf(mask) };
}

/** The shortest text that parses to the pattern. */
export function formatAddressPattern(pattern: AddressPattern): string {
  const length = prefixLengthOf(pattern.mask);
  const whole = length === (pattern.family === 'ipv4' ? 32 : 128);
  return `${pattern.not ? '!' : ''}${pattern.address}${whole ? '' : `/${length ?? pattern.mask}`}`;
}

/** Length of the prefix that a mask stands for; `undefined` where it is none. */
export function prefixLengthOf(mask: string): number | undefined {
  if (mask === wholeMasks.ipv4) return 32;
  if (mask === wholeMasks.ipv6) return 128;
  const bits = [...bytesOf(mask)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

function maskOf(suffix: string, family: Family): Uint8Array | undefined {
  if (familyOf(suffix) === family) return bytesOf(suffix);
  const most = family === 'ipv4' ? 32 : 128;
  const length = Number(suffix);
  if (!/^\d{1,3}$/.test(suffix) || length > most) return undefined;
  const mask = new Uint8Array(most / 8);
  for (let bit = 0; bit < length; bit++)
    mask[bit >> 3] = (mask[bit >> 3] ?? 0) | (128 >> (bit & 7));
  return mask;
}

function bytesOf(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  return bytes.subarray(0, writeAddress(new DataView(bytes.buffer), 0, address));
}

function textOf(bytes: Uint8Array): string {
  return formatAddress(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length);
}
