import type { Family } from '../address/index.js';
import { checkAddress, familyOf } from '../address/index.js';
import { invalidValue, outOfRange } from '../errors/index.js';
import { checkText } from '../options/index.js';
import type { Given } from './words.js';

/** An address as ipvsadm writes it, with or without a port. */
export interface Endpoint {
  readonly address: string;
  readonly family: Family;
  readonly port: number | undefined;
}

/** What was written after an option that has a value. */
export function textOf(given: Given, longest: number): string {
  return checkText(given.written, given.value, longest);
}

/** A number in decimal digits. */
export function numberOf(given: Given, least: number, most: number): number {
  return decimal(given.written, given.value, least, most);
}

export function decimal(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number {
  if (!/^-?\d+$/.test(text ?? '')) throw invalidValue(name, 'a number', text);
  const value = Number(text);
  if (value < least || value > most) throw outOfRange(name, `from ${least} to ${most}`, value);
  return value;
}

/** One of several words. */
export function choiceOf<T extends string>(given: Given, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === given.value);
  if (choice === undefined) {
    throw invalidValue(given.written, `one of ${choices.join(', ')}`, given.value);
  }
  return choice;
}

/** `10.0.0.1:80`, `10.0.0.1`, `[2001:db8::1]:80`, `2001:db8::1`. */
export function endpointOf(given: Given): Endpoint {
  const text = given.value ?? '';
  if (familyOf(text) !== undefined) return withPort(given, text, undefined);
  const bracketed = /^\[([^\]]*)\]:(.*)$/.exec(text);
  if (bracketed !== null) {
    const [, address = '', port = ''] = bracketed;
    if (familyOf(address) !== 'ipv6') {
      throw invalidValue(given.written, 'an IPv6 address where it has brackets', text);
    }
    return withPort(given, address, port);
  }
  const colon = text.lastIndexOf(':');
  const address = colon < 0 ? text : text.slice(0, colon);
  if (familyOf(address) !== 'ipv4') {
    const expected =
      'address:port, [IPv6 address]:port or an address; names are not looked up (ipvsadm -Sn writes none)';
    throw invalidValue(given.written, expected, text);
  }
  return withPort(given, address, text.slice(colon + 1));
}

function withPort(given: Given, address: string, port: string | undefined): Endpoint {
  const { family, text } = checkAddress(given.written, address);
  if (port === undefined) return { address: text, family, port };
  if (!/^\d+$/.test(port)) {
    const expected = 'a number; names are not looked up (ipvsadm -Sn writes none)';
    throw invalidValue(`${given.written} port`, expected, port);
  }
  return { address: text, family, port: decimal(`${given.written} port`, port, 0, 65535) };
}

/** Leading ones of a dotted mask without holes, as in `255.255.255.0`; 1 to 32. */
export function prefixLengthOf(given: Given): number {
  const text = given.value ?? '';
  const bytes = familyOf(text) === 'ipv4' ? text.split('.').map(Number) : [];
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const match = /^(1+)0*$/.exec(bits);
  if (match === null) {
    throw invalidValue(given.written, 'a mask without holes such as 255.255.255.0', text);
  }
  return match[1]?.length ?? 0;
}

/** The mask with that many leading ones. */
export function dottedMask(prefixLength: number): string {
  const bits = '1'.repeat(prefixLength).padEnd(32, '0');
  return [0, 8, 16, 24].map((at) => Number.parseInt(bits.slice(at, at + 8), 2)).join('.');
}
