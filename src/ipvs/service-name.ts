import type { Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import { checkChoice, checkInteger } from '../options/index.js';
import type { OtherProtocol, ServiceKey, ServiceName, ServiceProtocol } from './types.js';

export const protocols: readonly ServiceProtocol[] = ['tcp', 'udp', 'sctp'];
export const families: readonly Family[] = ['ipv4', 'ipv6'];

const form = "'tcp://10.0.0.1:80', 'udp://[2001:db8::1]:53' or 'fwmark:7/ipv6'";

/** A service's key with nothing left open, and its name for messages. */
export type ResolvedService =
  | {
      readonly protocol: ServiceProtocol | OtherProtocol;
      readonly address: string;
      readonly port: number;
      readonly fwmark?: undefined;
      readonly family: Family;
      readonly name: string;
    }
  | { readonly fwmark: number; readonly family: Family; readonly port: 0; readonly name: string };

/**
 * The name of a service as text: `tcp://10.0.0.1:80`, `udp://[2001:db8::1]:53`, `fwmark:7`,
 * `fwmark:7/ipv6`.
 */
export function formatServiceName(service: ServiceKey): string {
  return resolveService(service).name;
}

/**
 * Reads a service's name in text form.
 *
 * @throws TypeError or RangeError that says what is wrong with it.
 */
export function parseServiceName(text: string): ServiceKey {
  const { name: _, ...key } = resolveService(text);
  if (key.fwmark === undefined) return key;
  return { fwmark: key.fwmark, family: key.family };
}

/** Checks a service's name, in either form. */
export function resolveService(service: ServiceName, label = 'service'): ResolvedService {
  if (typeof service === 'string') return fromText(service, label);
  if (typeof service !== 'object' || service === null) {
    throw invalidType(label, `an object or a text like ${form}`, service);
  }
  const { fwmark, protocol, address, port, family } = service;
  if (fwmark === undefined) return byAddress(label, protocol, address, port, family);
  for (const [name, value] of Object.entries({ protocol, address, port })) {
    if (value !== undefined) throw invalidValue(`${label}.${name}`, 'absent beside fwmark', value);
  }
  return byMark(label, fwmark, family);
}

function fromText(text: string, label: string): ResolvedService {
  const mark = text.startsWith('fwmark:') ? /^fwmark:(\d+)(?:\/(.*))?$/.exec(text) : null;
  if (mark !== null) return byMark(label, Number(mark[1]), mark[2]);
  const match = /^([\w-]+):\/\/(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text);
  if (match === null) throw invalidValue(label, `like ${form}`, text);
  const [, protocol, bracketed, plain, port] = match;
  if (bracketed !== undefined && !bracketed.includes(':')) {
    throw invalidValue(label, 'without brackets around an IPv4 address', text);
  }
  return byAddress(label, protocol, bracketed ?? plain, Number(port), undefined);
}

function byAddress(
  label: string,
  protocol: unknown,
  address: unknown,
  port: unknown,
  family: unknown,
): ResolvedService {
  const transport = isOtherProtocol(protocol)
    ? protocol
    : checkChoice(`${label}.protocol`, protocol, protocols);
  const { family: own, text } = checkAddress(`${label}.address`, address);
  if (family !== undefined && checkChoice(`${label}.family`, family, families) !== own) {
    throw invalidValue(`${label}.family`, `'${own}', as the address is`, family);
  }
  const number = checkInteger(`${label}.port`, port, 0, 65535);
  const name = `${transport}://${joinPort(text, number)}`;
  return { protocol: transport, address: text, port: number, family: own, name };
}

function byMark(label: string, fwmark: unknown, family: unknown): ResolvedService {
  const mark = checkInteger(`${label}.fwmark`, fwmark, 1, 0xffffffff);
  const own = checkChoice(`${label}.family`, family ?? 'ipv4', families);
  return { fwmark: mark, family: own, port: 0, name: markName(mark, own) };
}

function markName(mark: number, family: Family): string {
  return family === 'ipv4' ? `fwmark:${mark}` : `fwmark:${mark}/ipv6`;
}

/** Whether IPVS balances that protocol. */
export function isServiceProtocol(protocol: string): protocol is ServiceProtocol {
  return (protocols as readonly string[]).includes(protocol);
}

function isOtherProtocol(protocol: unknown): protocol is OtherProtocol {
  const match = typeof protocol === 'string' ? /^ip-(\d{1,3})$/.exec(protocol) : null;
  return match !== null && Number(match[1]) <= 255;
}

/** `10.0.0.1:80`, `[2001:db8::1]:80`. */
export function joinPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
