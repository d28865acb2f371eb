import { ipv4Number } from '../address/index.js';
import { checkChoice, checkInteger } from '../options/index.js';
import type { Scope } from './address-types.js';
import { bytesOf } from './prefix.js';

export const scopeNames = ['global', 'site', 'link', 'host', 'nowhere'] as const;
export type ScopeName = (typeof scopeNames)[number];

export function checkScope(name: string, value: unknown): Scope {
  return typeof value === 'number'
    ? checkInteger(name, value, 0, 255)
    : checkChoice(name, value, scopeNames);
}

/** What `ip` chooses for an IPv4 address, and the kernel (net/ipv6/addrconf_core.c) for IPv6. */
export function naturalScope(address: string): ScopeName {
  const number = ipv4Number(address);
  if (number !== undefined) return number >>> 24 === 127 ? 'host' : 'global';
  const [first = 0, second = 0] = bytesOf(address);
  if (address === '::1') return 'host';
  if (first !== 0xfe || (second & 0x80) === 0) return 'global';
  return (second & 0x40) === 0 ? 'link' : 'site';
}
