import { isDeepStrictEqual } from 'node:util';
import type { Family } from '../address/index.js';
import type { Match, Rule } from '../xtables/rule.js';
import { resolveRedirect } from './redirect.js';
import type { RedirectChain, RedirectRule } from './types.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The redirect that a listed rule came from, or could have come from: one that makes the very same
 * rule. `undefined` where there is none.
 */
export function redirectOf(family: Family, chain: string, rule: Rule): RedirectRule | undefined {
  if (rule.target?.kind !== 'redirect') return undefined;
  const { source, destination, protocol, inInterface } = rule;
  const { toPorts, random } = rule.target;
  const redirect: Mutable<RedirectRule> = {
    ...(source !== undefined && { source }),
    ...(destination !== undefined && { destination }),
    ...(protocol !== undefined && { protocol }),
    ...(inInterface !== undefined && { inInterface }),
    ...(toPorts !== undefined && { toPorts }),
    ...(random !== undefined && { random }),
    chain: chain as RedirectChain,
    family,
  };
  for (const match of rule.matches ?? []) addMatch(redirect, match);
  try {
    return isDeepStrictEqual(resolveRedirect(redirect), { family, chain, rule })
      ? redirect
      : undefined;
  } catch {
    // Says something that addRedirect refuses.
    return undefined;
  }
}

function addMatch(redirect: Mutable<RedirectRule>, match: Match): void {
  if (match.kind === 'tcp' || match.kind === 'udp') {
    if (match.sourcePort !== undefined) redirect.sourcePort = match.sourcePort;
    if (match.destinationPort !== undefined) redirect.destinationPort = match.destinationPort;
  } else if (match.kind === 'multiport') {
    redirect[match.side === 'source' ? 'sourcePort' : 'destinationPort'] = match.ports;
  } else if (match.kind === 'mark') {
    redirect.mark = match.mark;
  } else if (match.kind === 'comment') {
    redirect.comment = match.comment;
  }
}
