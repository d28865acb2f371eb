import type { Address } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import { checkBoolean, checkChoice, checkInteger, checkObject } from '../options/index.js';
import { checkDevice } from './device.js';
import { checkPrefix } from './prefix.js';
import { refuseUnassignable } from './unicast.js';

const forms = ['request', 'reply', 'both'] as const;
const mostTimes = 1000;
const longestInterval = 60_000;
const defaultCount = 3;
const defaultInterval = 1000;

/** What frames about an address are sent for. */
export interface ResolvedClaim {
  readonly device: string;
  readonly address: Address;
  readonly count: number;
  /** Milliseconds. */
  readonly interval: number;
}

export interface ResolvedAnnouncement extends ResolvedClaim {
  readonly forms: readonly ('request' | 'reply')[];
  /** `undefined`: as the kernel would say. */
  readonly router: boolean | undefined;
}

/** Checks what `announceAddress` was given. */
export function resolveAnnouncement(value: unknown): ResolvedAnnouncement {
  const names = ['device', 'address', 'form', 'count', 'interval', 'router'] as const;
  const given = checkObject('announcement', value, names);
  const claim = claimOf(given, 0);
  const { family } = claim.address;
  const { form, router } = given;
  if (form !== undefined && family === 'ipv6') {
    throw invalidValue('form', 'absent in IPv6, which has one form only', form);
  }
  if (router !== undefined && family === 'ipv4') {
    throw invalidValue('router', 'absent in IPv4', router);
  }
  const wanted = checkChoice('form', form ?? 'request', forms);
  return {
    ...claim,
    forms: wanted === 'both' ? ['request', 'reply'] : [wanted],
    router: router === undefined ? undefined : checkBoolean('router', router),
  };
}

/** Checks what `probeAddress` was given. */
export function resolveProbe(value: unknown): ResolvedClaim {
  return claimOf(checkObject('probe', value, ['device', 'address', 'count', 'interval']), 1);
}

type Given = { readonly [name in keyof ResolvedClaim]?: unknown };

function claimOf(given: Given, leastInterval: number): ResolvedClaim {
  const device = checkDevice('device', given.device);
  const { family, address: text } = checkPrefix('address', given.address);
  refuseUnassignable(text);
  const { count = defaultCount, interval = defaultInterval } = given;
  return {
    device,
    address: { family, text },
    count: checkInteger('count', count, 1, mostTimes),
    interval: checkInteger('interval', interval, leastInterval, longestInterval),
  };
}
