import { invalidType, invalidValue } from '../errors/index.js';
import { formatAddress } from './format.js';
import type { Family } from './parse.js';
import { familyOf, writeAddress } from './parse.js';

/** An address that was checked: its family, and its text in the one canonical form. */
export interface Address {
  readonly family: Family;
  readonly text: string;
}

/** Throws on what is no IPv4 or IPv6 address. */
export function checkAddress(name: string, value: unknown): Address {
  if (typeof value !== 'string') throw invalidType(name, 'an IPv4 or IPv6 address', value);
  const family = familyOf(value);
  if (family === undefined) throw invalidValue(name, 'an IPv4 or IPv6 address', value);
  return { family, text: family === 'ipv4' ? value : canonical(value) };
}

/** An IPv6 address in the form that listings use: `2001:DB8:0::1` is `2001:db8::1`. */
function canonical(address: string): string {
  const view = new DataView(new ArrayBuffer(16));
  return formatAddress(view, 0, writeAddress(view, 0, address));
}
