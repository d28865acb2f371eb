import type { Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import { checkInteger } from '../options/index.js';
import type { ResolvedService } from './service-name.js';
import { joinPort } from './service-name.js';
import type { DestName } from './types.js';

/** A destination's key with nothing left open. */
export interface ResolvedDest {
  readonly address: string;
  readonly port: number;
  readonly family: Family;
}

/** A destination's name, for messages. */
export function destName({ address, port }: ResolvedDest): string {
  return joinPort(address, port);
}

/** Checks a destination's name, in either form; the port defaults to the service's. */
export function resolveDest(service: ResolvedService, dest: DestName): ResolvedDest {
  const { address, port } = partsOf(dest);
  const { family, text } = checkAddress('dest.address', address);
  const number = port === undefined ? service.port : checkInteger('dest.port', port, 0, 65535);
  return { address: text, port: number, family };
}

function partsOf(dest: DestName): { readonly address: unknown; readonly port?: unknown } {
  if (typeof dest === 'object' && dest !== null) return dest;
  if (typeof dest !== 'string') {
    throw invalidType('dest', "an object or a text like '10.0.0.20:80'", dest);
  }
  const match = /^(?:\[([^\]]*:[^\]]*)\]|([^:[]+))(?::(\d+))?$/.exec(dest);
  if (match === null) {
    if (dest.includes(':') && !dest.includes('[')) return { address: dest };
    throw invalidValue('dest', "like '10.0.0.20', '10.0.0.20:80' or '[2001:db8::1]:80'", dest);
  }
  const port = match[3] === undefined ? undefined : Number(match[3]);
  return { address: match[1] ?? match[2], ...(port !== undefined && { port }) };
}
