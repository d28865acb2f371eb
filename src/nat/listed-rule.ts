import type { Family } from '../address/index.js';
import type { RuleRow } from '../xtables/read-rule.js';
import { formatRule } from '../xtables/save-line.js';
import { redirectOf } from './listed-redirect.js';
import type { NatRule } from './types.js';

/** A rule as callers see it. */
export function listedRule(
  family: Family,
  row: RuleRow,
  bigint: boolean,
): NatRule<number | bigint> {
  const { rule, chain, handle, own, complete, packets, bytes } = row;
  const redirect = complete ? redirectOf(family, chain, rule) : undefined;
  return {
    family,
    chain,
    position: row.position + 1,
    ...(handle !== undefined && { handle }),
    own,
    complete,
    ...rule,
    packets: bigint ? packets : Number(packets),
    bytes: bigint ? bytes : Number(bytes),
    text: `-A ${chain} ${formatRule(rule)}`.trimEnd(),
    ...(redirect !== undefined && { redirect }),
  };
}
