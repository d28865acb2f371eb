import { invalidValue } from '../errors/index.js';
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
  resolveNetns,
} from '../options/index.js';
import { checkDevice } from './device.js';
import { checkMacAddress } from './hardware-address.js';
import type { KindDescription } from './link-kinds.js';
import { kindNames, linkKinds } from './link-kinds.js';
import type { LinkKind } from './link-types.js';

/** Checked settings: only what was named is there. */
export interface ResolvedSettings {
  readonly up?: boolean;
  readonly mtu?: number;
  readonly macAddress?: Uint8Array;
  /** `null`: none. */
  readonly master?: string | null;
  readonly alias?: string;
  readonly queueLength?: number;
  readonly group?: number;
  readonly name?: string;
  readonly lower?: string;
  readonly netns?: ResolvedNetns;
}

/** A namespace as it was named, and the path of its file. */
interface ResolvedNetns {
  readonly given: string;
  readonly path: string;
}

export interface ResolvedPeer {
  readonly name: string;
  readonly netns?: ResolvedNetns;
  readonly mtu?: number;
  readonly macAddress?: Uint8Array;
}

export interface ResolvedLink extends ResolvedSettings {
  readonly kind: LinkKind;
  readonly name: string;
  readonly peer: ResolvedPeer | undefined;
  /** Settings of the kind, checked. */
  readonly own: Readonly<Record<string, unknown>>;
}

const settingNames = [
  'up',
  'mtu',
  'macAddress',
  'master',
  'alias',
  'queueLength',
  'group',
] as const;
const configNames = [...settingNames, 'kind', 'name', 'netns', 'lower', 'peer'] as const;
/** What listings add; it is passed over. */
const seenNames = ['index', 'type', 'state', 'flags'] as const;

/** Longest path of a namespace file: that of the record's field. */
const longestPath = 255;
const longestAlias = 255;
const largest = 2 ** 32 - 1;
/** `mtu` is a signed int in the kernel. */
const largestMtu = 2 ** 31 - 1;

/** Checks what `addLink` was given. */
export function resolveLink(value: unknown): ResolvedLink {
  const kindOf = (value as { readonly kind?: unknown } | null | undefined)?.kind;
  const kind = checkChoice('kind', kindOf, kindNames);
  const description = linkKinds[kind];
  const given = checkObject('link', value, [
    ...configNames,
    ...seenNames,
    ...Object.keys(description.settings),
  ]) as Readonly<Record<string, unknown>>;
  for (const name of description.required) {
    if (given[name] === undefined) throw invalidValue(name, `given for a ${kind}`, undefined);
  }
  const { peer } = given;
  if (peer !== undefined && kind !== 'veth') {
    throw invalidValue('peer', `absent in a ${kind}`, peer);
  }
  const lower = description.hasLower ? given['lower'] : undefined;
  if (given['lower'] !== lower && description.settings['lower'] === undefined) {
    throw invalidValue('lower', `absent in a ${kind}`, given['lower']);
  }
  return {
    ...settingsOf({ ...given, lower }),
    kind,
    name: checkDevice('name', given['name']),
    peer: peer === undefined ? undefined : peerOf(peer),
    own: { ...description.defaults, ...ownSettings(description, given) },
  };
}

/** Checks what `updateLink` was given. */
export function resolvePatch(value: unknown): ResolvedSettings {
  const given = checkObject('patch', value, [...settingNames, 'name', 'netns']);
  if (given.netns !== undefined && given.master !== undefined) {
    throw invalidValue('master', 'absent when the device moves to another namespace', given.master);
  }
  return given.master === null
    ? { ...settingsOf({ ...given, master: undefined }), master: null }
    : settingsOf(given);
}

function ownSettings(
  { settings }: KindDescription,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const named = Object.entries(settings).filter(([name]) => given[name] !== undefined);
  return Object.fromEntries(named.map(([name, { check }]) => [name, check(name, given[name])]));
}

type Given = Readonly<Record<string, unknown>>;

function settingsOf(given: Given): ResolvedSettings {
  const { up, mtu, macAddress, master, alias, queueLength, group, name, lower, netns } = given;
  return {
    ...(up !== undefined && { up: checkBoolean('up', up) }),
    ...(mtu !== undefined && { mtu: checkInteger('mtu', mtu, 0, largestMtu) }),
    ...(macAddress !== undefined && { macAddress: checkMacAddress('macAddress', macAddress) }),
    ...(master !== undefined && { master: checkDevice('master', master) }),
    ...(alias !== undefined && { alias: checkText('alias', alias, longestAlias) }),
    ...(queueLength !== undefined && {
      queueLength: checkInteger('queueLength', queueLength, 0, largest),
    }),
    ...(group !== undefined && { group: checkInteger('group', group, 0, largest) }),
    ...(name !== undefined && { name: checkDevice('name', name) }),
    ...(lower !== undefined && { lower: checkDevice('lower', lower) }),
    ...(netns !== undefined && { netns: netnsOf('netns', netns) }),
  };
}

function peerOf(value: unknown): ResolvedPeer {
  if (typeof value === 'string') return { name: checkDevice('peer', value) };
  const { name, netns, mtu, macAddress } = checkObject('peer', value, [
    'name',
    'netns',
    'mtu',
    'macAddress',
  ]);
  return {
    name: checkDevice('peer.name', name),
    ...(netns !== undefined && { netns: netnsOf('peer.netns', netns) }),
    ...(mtu !== undefined && { mtu: checkInteger('peer.mtu', mtu, 0, largestMtu) }),
    ...(macAddress !== undefined && { macAddress: checkMacAddress('peer.macAddress', macAddress) }),
  };
}

function netnsOf(name: string, value: unknown): ResolvedNetns {
  const given = checkText(name, value, longestPath);
  return { given, path: checkText(name, resolveNetns(given), longestPath) };
}
