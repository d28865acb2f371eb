import { invalidType, invalidValue } from '../errors/index.js';

const form = "six pairs of hexadecimal digits like '02:00:0a:00:00:01'";

/** The bytes of a MAC address; throws on what is none, or on one of a group. */
export function checkMacAddress(name: string, value: unknown): Uint8Array {
  if (typeof value !== 'string') throw invalidType(name, form, value);
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(value)) throw invalidValue(name, form, value);
  const bytes = Uint8Array.from(value.split(':'), (pair) => Number.parseInt(pair, 16));
  if (((bytes[0] ?? 0) & 1) === 1 || bytes.every((byte) => byte === 0)) {
    throw invalidValue(name, 'the address of one station, not of a group', value);
  }
  return bytes;
}

/** `02:00:0a:00:00:01`. */
export function formatMacAddress(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
