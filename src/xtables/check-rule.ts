import type { Family } from '../address/index.js';
import { invalidType, invalidValue } from '../errors/index.js';
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
} from '../options/index.js';
import { parseAddressPattern } from './address-pattern.js';
import {
  parseInterface,
  parseMark,
  parseOnePort,
  parsePorts,
  parseToPorts,
  splitNot,
} from './pattern.js';
import type { Match, Rule, Target } from './rule.js';
import { matchKinds, protocolNames, sides, targetKinds } from './rule-tables.js';

const ruleKeys: readonly (keyof Rule | keyof Seen)[] = [
  'source',
  'destination',
  'protocol',
  'inInterface',
  'outInterface',
  'fragment',
  'matches',
  'target',
  'packets',
  'bytes',
  'complete',
  'text',
];

/** What a listed rule has besides, so that it can be passed back. */
interface Seen {
  readonly packets: unknown;
  readonly bytes: unknown;
  readonly complete: unknown;
  readonly text: unknown;
}

/** Longest name of a match, a target or a chain, in bytes. */
const longestName = 28;
const longestComment = 255;
const longestData = 2 ** 15;

/** Throws on what is no rule of that family. */
export function checkRule(rule: Rule, family: Family): void {
  const { complete } = checkObject('rule', rule, ruleKeys);
  if (complete === false) throw invalidValue('rule', 'one that is told in full', rule);
  for (const name of ['source', 'destination'] as const) {
    const value = rule[name];
    if (value === undefined) continue;
    if (parseAddressPattern(name, value).family !== family) {
      throw invalidValue(name, `an address of the family ${family}`, value);
    }
  }
  for (const name of ['inInterface', 'outInterface'] as const) {
    if (rule[name] !== undefined) parseInterface(name, rule[name]);
  }
  if (rule.protocol !== undefined) checkProtocol(rule.protocol);
  if (rule.fragment !== undefined) checkBoolean('fragment', rule.fragment);
  if (rule.matches !== undefined && !Array.isArray(rule.matches)) {
    throw invalidType('matches', 'an array', rule.matches);
  }
  for (const [index, match] of (rule.matches ?? []).entries()) {
    checkMatch(`matches[${index}]`, match);
  }
  if (rule.target !== undefined) checkTarget('target', rule.target);
}

function checkProtocol(value: unknown): void {
  const expected = `a number from 0 to 255, or one of ${protocolNames.join(', ')}`;
  if (typeof value !== 'string') throw invalidType('protocol', expected, value);
  const { text } = splitNot(value);
  const known = (protocolNames as readonly string[]).includes(text);
  if (!known && !(/^\d{1,3}$/.test(text) && Number(text) <= 255)) {
    throw invalidValue('protocol', expected, value);
  }
}

function checkMatch(name: string, match: Match): void {
  if (typeof match !== 'object' || match === null) throw invalidType(name, 'an object', match);
  checkChoice(`${name}.kind`, match.kind, matchKinds);
  switch (match.kind) {
    case 'tcp':
    case 'udp':
      for (const port of ['sourcePort', 'destinationPort'] as const) {
        if (match[port] !== undefined) parseOnePort(`${name}.${port}`, match[port]);
      }
      if (match.kind === 'tcp') checkTcp(name, match);
      break;
    case 'multiport':
      checkChoice(`${name}.side`, match.side, sides);
      parsePorts(`${name}.ports`, match.ports);
      break;
    case 'comment':
      checkText(`${name}.comment`, match.comment, longestComment);
      break;
    case 'mark':
      parseMark(`${name}.mark`, match.mark);
      break;
    case 'other':
      checkOther(name, match);
  }
}

function checkTcp(name: string, { flags, option }: Extract<Match, { kind: 'tcp' }>): void {
  if (flags !== undefined) {
    checkInteger(`${name}.flags.mask`, flags.mask, 0, 255);
    checkInteger(`${name}.flags.set`, flags.set, 0, 255);
  }
  if (option !== undefined) checkInteger(`${name}.option.number`, option.number, 0, 255);
}

function checkOther(
  name: string,
  other: { readonly name: string; readonly revision: number; readonly data: Uint8Array },
): void {
  checkText(`${name}.name`, other.name, longestName);
  checkInteger(`${name}.revision`, other.revision, 0, 255);
  if (!(other.data instanceof Uint8Array) || other.data.length > longestData) {
    throw invalidType(`${name}.data`, `a Uint8Array of at most ${longestData} bytes`, other.data);
  }
}

function checkTarget(name: string, target: Target): void {
  if (typeof target !== 'object' || target === null) throw invalidType(name, 'an object', target);
  checkChoice(`${name}.kind`, target.kind, targetKinds);
  if (target.kind === 'jump' || target.kind === 'goto') {
    checkText(`${name}.chain`, target.chain, longestName);
  } else if (target.kind === 'redirect') {
    if (target.toPorts !== undefined) parseToPorts(`${name}.toPorts`, target.toPorts);
    if (target.random !== undefined) checkBoolean(`${name}.random`, target.random);
  } else if (target.kind === 'other') {
    checkOther(name, target);
  }
}
