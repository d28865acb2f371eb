import type { Family } from '../address/index.js';
import { checkAddress, formatAddress, writeAddress } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import { checkInteger } from '../options/index.js';

/** An address with the length of its prefix: `10.0.0.1/24`. */
export interface Prefix {
  readonly family: Family;
  readonly address: string;
  readonly length: number;
  /** Whether the text named the length, or it is the whole address by default. */
  readonly explicit: boolean;
}

/** Bits of a whole address. */
export const widthOf = { ipv4: 32, ipv6: 128 } as const;

/** `10.0.0.1/24`; without a length it is the whole address: /32, /128. */
export function checkPrefix(name: string, value: unknown): Prefix {
  if (typeof value !== 'string') throw invalidType(name, "an address like '10.0.0.1/24'", value);
  const slash = value.indexOf('/');
  const { family, text } = checkAddress(name, slash < 0 ? value : value.slice(0, slash));
  const width = widthOf[family];
  if (slash < 0) return { family, address: text, length: width, explicit: false };
  const length = lengthOf(value, slash + 1);
  if (Number.isNaN(length)) {
    throw invalidValue(name, `an address with a prefix length from 0 to ${width}`, value);
  }
  if (length > width) checkInteger(`prefix length of ${name}`, length, 0, width);
  return { family, address: text, length, explicit: true };
}

/** The number of up to three digits that a text ends in; `NaN` where it doesn't. */
function lengthOf(text: string, start: number): number {
  let length = text.length > start && text.length <= start + 3 ? 0 : Number.NaN;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    length = digit >= 0 && digit <= 9 ? length * 10 + digit : Number.NaN;
  }
  return length;
}

/** `10.0.0.1/24`. */
export function formatPrefix(prefix: {
  readonly address: string;
  readonly length: number;
}): string {
  return `${prefix.address}/${prefix.length}`;
}

/** The address with all bits behind the prefix cleared, or set. */
export function edgeOf(prefix: Prefix, edge: 'first' | 'last'): string {
  const bytes = bytesOf(prefix.address);
  for (let bit = prefix.length; bit < bytes.length * 8; bit++) {
    const mask = 0x80 >> (bit & 7);
    const byte = bytes[bit >> 3] ?? 0;
    bytes[bit >> 3] = edge === 'last' ? byte | mask : byte & ~mask;
  }
  return formatAddress(new DataView(bytes.buffer), 0, bytes.length);
}

/** The 4 or 16 bytes of a valid address, in network order. */
export function bytesOf(address: string): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(16));
  return new Uint8Array(view.buffer.slice(0, writeAddress(view, 0, address)));
}
