import type { Address } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import { checkDevice } from '../route/device.js';
import { refuseUnassignable } from '../route/unicast.js';

export const commonNames = ['vip', 'mode', 'netns', 'signal', 'timeout'] as const;

/** The word that says how; throws on what are no options at all. */
export function modeOf(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) {
    throw invalidType('options', 'an object', options);
  }
  return (options as { readonly mode?: unknown }).mode;
}

/** A VIP; throws on what no machine can have. */
export function checkVip(vip: unknown): Address {
  const address = checkAddress('vip', vip);
  refuseUnassignable(address.text);
  return address;
}

/** The device that ARP comes in by, or all of them. IPv6 has no such settings. */
export function checkArpDevice(device: unknown, vip: Address): string | undefined {
  if (device === undefined) return undefined;
  if (vip.family === 'ipv6') throw invalidValue('device', 'absent with an IPv6 VIP', device);
  return checkDevice('device', device);
}
