import type { Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import { checkChoice, checkInteger, checkObject } from '../options/index.js';
import { checkDevice } from './device.js';
import { families } from './families.js';
import type { FouPortConfig } from './fou-types.js';

export const encapsulations = ['fou', 'gue'] as const;
export const carriedNames = ['ipv4', 'ipv6', 'gre'] as const;

/** What names a port, with nothing left open. */
export interface ResolvedPort {
  readonly port: number;
  readonly family: Family;
  readonly local: string | undefined;
  readonly peer: string | undefined;
  readonly peerPort: number | undefined;
  readonly device: string | undefined;
}

/** A port to be made. */
export interface ResolvedNewPort extends ResolvedPort {
  readonly encapsulation: FouPortConfig['encapsulation'];
  readonly carries: FouPortConfig['carries'];
}

const names = [
  'port',
  'family',
  'local',
  'peer',
  'peerPort',
  'device',
  'encapsulation',
  'carries',
] as const;

type Given = ReturnType<typeof checkObject<(typeof names)[number]>>;

/** Checks what names a port. Listed ports may be passed whole. */
export function resolvePortKey(value: unknown): ResolvedPort {
  return keyOf(checkObject('port', value, names));
}

/** Checks what `addPort` was given. */
export function resolvePort(value: unknown): ResolvedNewPort {
  const given = checkObject('port', value, names);
  const encapsulation = checkChoice('encapsulation', given.encapsulation, encapsulations);
  return { ...keyOf(given), encapsulation, carries: carriedBy(encapsulation, given.carries) };
}

/** For messages: `6080 (ipv4)`. */
export function portName({ port, family, local, peer, peerPort, device }: ResolvedPort): string {
  const parts = [
    family,
    local !== undefined && `to ${local}`,
    peer !== undefined && `from ${peer} port ${peerPort}`,
    device !== undefined && `by ${device}`,
  ];
  return `${port} (${parts.filter(Boolean).join(' ')})`;
}

function keyOf(given: Given): ResolvedPort {
  const local = given.local === undefined ? undefined : checkAddress('local', given.local);
  const peer = given.peer === undefined ? undefined : checkAddress('peer', given.peer);
  const family =
    given.family === undefined
      ? (local?.family ?? peer?.family ?? 'ipv4')
      : checkChoice('family', given.family, families);
  for (const [name, address] of Object.entries({ local, peer })) {
    if (address !== undefined && address.family !== family) {
      throw invalidValue(name, `an ${family} address`, address.text);
    }
  }
  if ((peer === undefined) !== (given.peerPort === undefined)) {
    throw invalidValue('peer', 'given together with peerPort', given.peer);
  }
  return {
    port: checkInteger('port', given.port, 1, 0xff_ff),
    family,
    local: local?.text,
    peer: peer?.text,
    peerPort:
      given.peerPort === undefined
        ? undefined
        : checkInteger('peerPort', given.peerPort, 1, 0xff_ff),
    device: given.device === undefined ? undefined : checkDevice('device', given.device),
  };
}

function carriedBy(encapsulation: 'fou' | 'gue', value: unknown): FouPortConfig['carries'] {
  if (encapsulation === 'gue') {
    if (value === undefined) return undefined;
    throw invalidValue('carries', 'absent with GUE, whose header tells it', value);
  }
  return typeof value === 'number'
    ? checkInteger('carries', value, 1, 255)
    : checkChoice('carries', value, carriedNames);
}
