import type { Family } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import { checkBoolean, checkChoice, checkObject, checkText } from '../options/index.js';
import type { AddressPattern } from '../xtables/address-pattern.js';
import {
  formatAddressPattern,
  parseAddressPattern,
  prefixLengthOf,
} from '../xtables/address-pattern.js';
import type { Ports } from '../xtables/pattern.js';
import {
  formatMark,
  formatPorts,
  parseInterface,
  parseMark,
  parsePorts,
  parseToPorts,
  splitNot,
} from '../xtables/pattern.js';
import type { Match, RedirectTarget, Rule } from '../xtables/rule.js';
import { families, protocolNames } from '../xtables/rule-tables.js';
import type { RedirectChain, RedirectRule } from './types.js';

/** A redirect that was checked: where it goes, and as what rule. */
export interface ResolvedRedirect {
  readonly family: Family;
  readonly chain: RedirectChain;
  readonly rule: Rule;
}

const keys: readonly (keyof RedirectRule)[] = [
  'destination',
  'source',
  'protocol',
  'destinationPort',
  'sourcePort',
  'inInterface',
  'mark',
  'comment',
  'toPorts',
  'random',
  'chain',
  'family',
];
const chains: readonly RedirectChain[] = ['PREROUTING', 'OUTPUT'];
/** Protocols whose ports can be matched. */
export const withPorts = ['tcp', 'udp', 'udplite', 'dccp', 'sctp'];
const withToPorts = ['tcp', 'udp', 'dccp', 'sctp'];
const longestComment = 255;
const highestProtocol = 255;
const someProtocol = `a number from 1 to ${highestProtocol}, or one of ${protocolNames.join(', ')}`;

const noMatches: readonly Match[] = Object.freeze([]);
const plainTarget: RedirectTarget = Object.freeze({ kind: 'redirect' });

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Checks a redirect and turns it into a rule; throws before the kernel sees anything. */
export function resolveRedirect(redirect: RedirectRule): ResolvedRedirect {
  checkObject('rule', redirect, keys);
  const chain = checkChoice('chain', redirect.chain ?? 'PREROUTING', chains);
  const source = address('source', redirect.source);
  const destination = address('destination', redirect.destination);
  const family = familyOf(redirect, source, destination);
  const protocol = redirect.protocol === undefined ? undefined : protocolText(redirect.protocol);
  if (chain === 'OUTPUT' && redirect.inInterface !== undefined) {
    throw invalidValue('inInterface', 'left out for OUTPUT', redirect.inInterface);
  }
  const rule: Mutable<Rule> = {
    matches: matchesOf(redirect, protocol),
    target: targetOf(redirect, protocol),
  };
  const from = pattern('source', source);
  const to = pattern('destination', destination);
  if (from !== undefined) rule.source = from;
  if (to !== undefined) rule.destination = to;
  if (protocol !== undefined) rule.protocol = protocol;
  if (redirect.inInterface !== undefined) rule.inInterface = incoming(redirect.inInterface);
  return { family, chain, rule };
}

function address(name: string, value: unknown): AddressPattern | undefined {
  return value === undefined ? undefined : parseAddressPattern(name, value);
}

/** A prefix of no bits says the same as none at all, which is how `iptables` writes it. */
function pattern(name: string, value: AddressPattern | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = formatAddressPattern(value);
  if (prefixLengthOf(value.mask) !== 0) return text;
  if (value.not) throw invalidValue(name, 'a pattern that something matches', text);
  return undefined;
}

function familyOf(
  redirect: RedirectRule,
  source: AddressPattern | undefined,
  destination: AddressPattern | undefined,
): Family {
  const wanted =
    redirect.family === undefined ? undefined : checkChoice('family', redirect.family, families);
  const family = wanted ?? destination?.family ?? source?.family ?? 'ipv4';
  requireFamily('source', source, family);
  requireFamily('destination', destination, family);
  return family;
}

function requireFamily(name: string, given: AddressPattern | undefined, family: Family): void {
  if (given === undefined || given.family === family) return;
  throw invalidValue(name, `an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`, given.address);
}

function targetOf(redirect: RedirectRule, protocol: string | undefined): RedirectTarget {
  if (redirect.toPorts === undefined && redirect.random === undefined) return plainTarget;
  return {
    kind: 'redirect',
    ...(redirect.toPorts !== undefined && { toPorts: toPorts(redirect.toPorts, protocol) }),
    ...(redirect.random !== undefined &&
      checkBoolean('random', redirect.random) && { random: true }),
  };
}

function matchesOf(redirect: RedirectRule, protocol: string | undefined): readonly Match[] {
  const ports = portMatches(redirect, protocol);
  const others = otherMatches(redirect);
  return ports.length + others.length === 0 ? noMatches : [...ports, ...others];
}

/** Checks a protocol, inverted or not: `'tcp'`, `'!17'`. */
export function protocolText(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw invalidType('protocol', someProtocol, value);
  }
  const { not, text } = splitNot(String(value));
  const number = Number(text);
  const known = (protocolNames as readonly string[]).includes(text);
  if (!known && !(/^\d{1,3}$/.test(text) && number >= 1 && number <= highestProtocol)) {
    throw invalidValue('protocol', someProtocol, value);
  }
  return `${not ? '!' : ''}${text}`;
}

function incoming(value: unknown): string {
  const { not, text } = parseInterface('inInterface', value);
  return `${not ? '!' : ''}${text}`;
}

function portMatches(redirect: RedirectRule, protocol: string | undefined): readonly Match[] {
  if (redirect.sourcePort === undefined && redirect.destinationPort === undefined) return noMatches;
  const source = ports('sourcePort', redirect.sourcePort, protocol);
  const destination = ports('destinationPort', redirect.destinationPort, protocol);
  const kind = protocol === 'tcp' || protocol === 'udp' ? protocol : undefined;
  const single = (given: Ports | undefined): boolean =>
    given !== undefined && given.ranges.length === 1 && kind !== undefined;
  const matches: Match[] = [];
  if (kind !== undefined && (single(source) || single(destination))) {
    matches.push({
      kind,
      ...(source && single(source) && { sourcePort: formatPorts(source) }),
      ...(destination && single(destination) && { destinationPort: formatPorts(destination) }),
    });
  }
  if (source && !single(source)) {
    matches.push({ kind: 'multiport', side: 'source', ports: formatPorts(source) });
  }
  if (destination && !single(destination)) {
    matches.push({ kind: 'multiport', side: 'destination', ports: formatPorts(destination) });
  }
  return matches;
}

function ports(name: string, value: unknown, protocol: string | undefined): Ports | undefined {
  if (value === undefined) return undefined;
  const parsed = parsePorts(name, value);
  requireProtocol(name, value, withPorts, protocol);
  const places = parsed.ranges.reduce((sum, [first, last]) => sum + (first === last ? 1 : 2), 0);
  if (places > 15 && parsed.ranges.length > 1) {
    throw invalidValue(name, 'at most fifteen ports, where a range counts as two', value);
  }
  return parsed;
}

/** Ports say nothing without a protocol that has them; the kernel would take them all the same. */
export function requireProtocol(
  name: string,
  value: unknown,
  allowed: readonly string[],
  protocol: string | undefined,
): void {
  if (protocol !== undefined && allowed.includes(protocol)) return;
  const expected = `given together with a protocol that has ports (${allowed.join(', ')})`;
  throw invalidValue(name, expected, value);
}

function toPorts(value: unknown, protocol: string | undefined): number | string {
  const range = parseToPorts('toPorts', value);
  requireProtocol('toPorts', value, withToPorts, protocol);
  return formatPorts({ not: false, ranges: [range] });
}

function otherMatches({ mark, comment }: RedirectRule): readonly Match[] {
  if (mark === undefined && comment === undefined) return noMatches;
  const matches: Match[] = [];
  if (mark !== undefined) matches.push({ kind: 'mark', mark: formatMark(parseMark('mark', mark)) });
  if (comment !== undefined) {
    const text = checkText('comment', comment, longestComment);
    if (/[\r\n]/.test(text)) throw invalidValue('comment', 'a text in one line', comment);
    matches.push({ kind: 'comment', comment: text });
  }
  return matches;
}
