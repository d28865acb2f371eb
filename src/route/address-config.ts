import type { Family } from '../address/index.js';
import { checkAddress } from '../address/index.js';
import { invalidValue, outOfRange } from '../errors/index.js';
import { checkBoolean, checkChoice, checkInteger, checkObject } from '../options/index.js';
import type { Scope } from './address-types.js';
import { checkDevice } from './device.js';
import { checkLabel } from './label.js';
import type { Prefix } from './prefix.js';
import { checkPrefix, edgeOf, formatPrefix } from './prefix.js';
import { checkScope, naturalScope } from './scope.js';
import { refuseUnassignable } from './unicast.js';

/** What identifies an address, with nothing left open. */
export interface ResolvedKey {
  readonly device: string;
  readonly family: Family;
  /** The address itself. */
  readonly local: string;
  /** The peer, or the address again. */
  readonly remote: string;
  readonly prefixLength: number;
  readonly label: string | undefined;
  /** For messages: `10.0.0.1/24`. */
  readonly name: string;
}

/** A checked address: only what was named is there, except for the scope. */
export interface ResolvedAddress extends ResolvedKey {
  readonly scope: Scope;
  readonly broadcast: string | undefined;
  readonly lifetimes: Lifetimes | undefined;
  readonly noDad: boolean;
  readonly noPrefixRoute: boolean;
  readonly homeAddress: boolean;
  readonly manageTemporary: boolean;
  readonly metric: number | undefined;
  readonly protocol: number | undefined;
}

interface Lifetimes {
  readonly valid: number;
  readonly preferred: number;
}

/** How the kernel writes a lifetime that never ends. */
export const forever = 0xff_ff_ff_ff;

const keyNames = ['device', 'address', 'peer', 'label'] as const;
const settingNames = [
  'labelPolicy',
  'broadcast',
  'scope',
  'validLifetime',
  'preferredLifetime',
  'noDad',
  'noPrefixRoute',
  'homeAddress',
  'manageTemporary',
  'metric',
  'protocol',
] as const;
/** What listings add; it is passed over. */
const seenNames = [
  'family',
  'secondary',
  'temporary',
  'tentative',
  'dadFailed',
  'deprecated',
] as const;
const labelPolicies = ['device', 'any'] as const;
const allNames = [...keyNames, ...settingNames, ...seenNames] as const;

type Given = ReturnType<typeof checkObject<(typeof allNames)[number]>>;

/** Checks what names an address. Listed addresses may be passed whole. */
export function resolveKey(value: unknown): ResolvedKey {
  const given = checkObject('address', value, allNames);
  return keyOf(given, 'any');
}

/** Checks what `addAddress` was given. */
export function resolveAddress(value: unknown): ResolvedAddress {
  const given = checkObject('address', value, allNames);
  const policy = checkChoice('labelPolicy', given.labelPolicy ?? 'device', labelPolicies);
  const key = keyOf(given, policy);
  refuseUnassignable(key.local);
  return {
    device: key.device,
    family: key.family,
    local: key.local,
    remote: key.remote,
    prefixLength: key.prefixLength,
    label: key.label,
    name: key.name,
    scope: scopeOf(given.scope, key),
    broadcast: broadcastOf(given.broadcast, key),
    lifetimes: lifetimesOf(given),
    noDad: onlyInIpv6('noDad', given.noDad, key),
    noPrefixRoute: checkBoolean('noPrefixRoute', given.noPrefixRoute ?? false),
    homeAddress: onlyInIpv6('homeAddress', given.homeAddress, key),
    manageTemporary: manageTemporaryOf(given.manageTemporary, key),
    metric: optionalInteger('metric', given.metric, 0xff_ff_ff_ff),
    protocol: optionalInteger('protocol', given.protocol, 255),
  };
}

function keyOf(given: Given, policy: 'device' | 'any'): ResolvedKey {
  const device = checkDevice('device', given.device);
  const own = checkPrefix('address', given.address);
  const remote = given.peer === undefined ? own : checkPeer(own, given.peer);
  const label = given.label === undefined ? undefined : checkLabel(given.label, device, policy);
  if (label !== undefined && own.family === 'ipv6') {
    throw invalidValue('label', 'absent: the kernel keeps none of an IPv6 address', label);
  }
  return {
    device,
    family: own.family,
    local: own.address,
    remote: remote.address,
    prefixLength: remote.length,
    label,
    name: remote === own ? formatPrefix(own) : `${own.address} peer ${formatPrefix(remote)}`,
  };
}

function checkPeer(own: Prefix, value: unknown): Prefix {
  const peer = checkPrefix('peer', value);
  if (peer.family !== own.family) throw invalidValue('peer', `an ${own.family} address`, value);
  if (own.explicit) {
    throw invalidValue(
      'address',
      'without a prefix length, which is that of the peer',
      own.address,
    );
  }
  return peer;
}

function scopeOf(value: unknown, key: ResolvedKey): Scope {
  const natural = naturalScope(key.local);
  if (value === undefined) return natural;
  const scope = checkScope('scope', value);
  if (key.family === 'ipv6' && scope !== natural) {
    throw invalidValue('scope', `'${natural}', which the kernel gives to ${key.local}`, value);
  }
  return scope;
}

function broadcastOf(value: unknown, key: ResolvedKey): string | undefined {
  if (value === undefined) return undefined;
  if (key.family === 'ipv6') throw invalidValue('broadcast', 'absent in IPv6', value);
  if (value !== '+') {
    const { family, text } = checkAddress('broadcast', value);
    if (family === 'ipv4') return text;
    throw invalidValue('broadcast', "an IPv4 address or '+'", value);
  }
  if (key.prefixLength > 30) {
    throw invalidValue('broadcast', `absent: a /${key.prefixLength} has no last address`, value);
  }
  const { family, remote: address, prefixLength: length } = key;
  return edgeOf({ family, address, length, explicit: true }, 'last');
}

function lifetimesOf(given: Given): Lifetimes | undefined {
  const { validLifetime, preferredLifetime } = given;
  if (validLifetime === undefined && preferredLifetime === undefined) return undefined;
  const valid =
    validLifetime === undefined
      ? forever
      : checkInteger('validLifetime', validLifetime, 1, forever - 1);
  const preferred =
    preferredLifetime === undefined
      ? valid
      : checkInteger('preferredLifetime', preferredLifetime, 0, forever - 1);
  if (preferred > valid) {
    throw outOfRange('preferredLifetime', `at most validLifetime (${valid})`, preferred);
  }
  return { valid, preferred };
}

/** The kernel looks for no duplicate in IPv4, and passes the other flags over there. */
function onlyInIpv6(name: string, value: unknown, { family }: ResolvedKey): boolean {
  const given = checkBoolean(name, value ?? false);
  if (given && family === 'ipv4') throw invalidValue(name, 'absent in IPv4', value);
  return given;
}

function manageTemporaryOf(value: unknown, key: ResolvedKey): boolean {
  const given = onlyInIpv6('manageTemporary', value, key);
  if (given && key.prefixLength !== 64) {
    throw invalidValue('manageTemporary', 'absent: only a /64 has temporary addresses', value);
  }
  return given;
}

function optionalInteger(name: string, value: unknown, most: number): number | undefined {
  return value === undefined ? undefined : checkInteger(name, value, 0, most);
}
