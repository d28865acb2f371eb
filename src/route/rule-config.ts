import type { Family } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import { checkBoolean, checkChoice, checkInteger, checkObject } from '../options/index.js';
import { checkDevice } from './device.js';
import { optionalFamily } from './families.js';
import type { Prefix } from './prefix.js';
import { formatPrefix } from './prefix.js';
import { destinationOf } from './route-config.js';
import { checkRouteProtocol, checkTable } from './route-names.js';
import type { RouteProtocol, RoutingTable } from './route-types.js';
import type { RuleAction } from './rule-types.js';

export const ruleActions: readonly RuleAction[] = [
  'lookup',
  'goto',
  'nop',
  'blackhole',
  'unreachable',
  'prohibit',
];

/** A checked rule: only what was named, but for the family. */
export interface ResolvedRule {
  readonly family: Family;
  readonly from: Prefix | undefined;
  readonly to: Prefix | undefined;
  readonly numbers: Readonly<Partial<Record<RuleNumber, number>>>;
  readonly inDevice: string | undefined;
  readonly outDevice: string | undefined;
  readonly not: boolean;
  readonly action: RuleAction | undefined;
  readonly table: RoutingTable | undefined;
  readonly protocol: RouteProtocol | undefined;
  /** For messages: `priority 100 from 10.0.0.0/8`. */
  readonly name: string;
}

export const ruleNumbers = ['priority', 'mark', 'mask', 'tos', 'target'] as const;
export type RuleNumber = (typeof ruleNumbers)[number];

const others = [
  'family',
  'from',
  'to',
  'inDevice',
  'outDevice',
  'not',
  'action',
  'table',
  'protocol',
] as const;

/** Checks what names a rule: what is not named may be anything, but something must be. */
export function resolveRuleKey(value: unknown): ResolvedRule {
  const given = checkObject('rule', value, [...ruleNumbers, ...others]);
  const from = given.from === undefined ? undefined : destinationOf(given.from, undefined, 'from');
  const to = given.to === undefined ? undefined : destinationOf(given.to, undefined, 'to');
  const family = optionalFamily(given.family) ?? from?.family ?? to?.family ?? 'ipv4';
  for (const [name, prefix] of Object.entries({ from, to })) {
    if (prefix !== undefined && prefix.family !== family) {
      throw invalidValue(name, `an ${family} network`, formatPrefix(prefix));
    }
  }
  const { inDevice, outDevice, action, table, protocol } = given;
  const numbers = ruleNumbers
    .filter((name) => given[name] !== undefined)
    .map((name) => [name, checkInteger(name, given[name], 0, name === 'tos' ? 255 : largest)]);
  const parts = Object.entries(given).filter(
    ([name, part]) => part !== undefined && name !== 'family',
  );
  if (parts.length === 0) throw invalidValue('rule', 'one that says something', value);
  return {
    family,
    from,
    to,
    numbers: Object.fromEntries(numbers) as ResolvedRule['numbers'],
    inDevice: inDevice === undefined ? undefined : checkDevice('inDevice', inDevice),
    outDevice: outDevice === undefined ? undefined : checkDevice('outDevice', outDevice),
    not: checkBoolean('not', given.not ?? false),
    action: action === undefined ? undefined : checkChoice('action', action, ruleActions),
    table: table === undefined ? undefined : checkTable('table', table),
    protocol: protocol === undefined ? undefined : checkRouteProtocol('protocol', protocol),
    name: parts.map(([name, part]) => `${name} ${String(part)}`).join(' '),
  };
}

/** Checks what `addRule` was given and fills in what `ip` would. */
export function resolveRule(value: unknown): ResolvedRule {
  const rule = resolveRuleKey(value);
  const { action = 'lookup' } = rule;
  if ((action === 'goto') !== (rule.numbers.target !== undefined)) {
    throw invalidValue('target', "given with action 'goto', and only then", rule.numbers.target);
  }
  const table = action === 'lookup' ? (rule.table ?? 'main') : rule.table;
  return { ...rule, action, table };
}

const largest = 0xff_ff_ff_ff;
