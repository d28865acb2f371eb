import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/native/failure.js';
import { checkRule } from '../../../src/xtables/check-rule.js';
import { legacyReason, lockStage } from '../../../src/xtables/lock-reason.js';
import type { Rule } from '../../../src/xtables/rule.js';

const [type, value, range] = [
  'ERR_INVALID_ARG_TYPE',
  'ERR_INVALID_ARG_VALUE',
  'ERR_OUT_OF_RANGE',
] as const;
const bytes = new Uint8Array(4);

describe('a rule', () => {
  it.each<[string, object]>([
    [value, { sources: '10.0.0.1' }],
    [value, { complete: false }],
    [value, { source: '2001:db8::1' }],
    [type, { protocol: 6 }],
    [value, { protocol: 'tpc' }],
    [value, { protocol: '256' }],
    [type, { fragment: 'yes' }],
    [type, { matches: { kind: 'tcp' } }],
    [type, { matches: [7] }],
    [value, { matches: [{ kind: 'tpc' }] }],
    [value, { matches: [{ kind: 'tcp', sourcePort: 70_000 }] }],
    [value, { matches: [{ kind: 'udp', destinationPort: [1, 2] }] }],
    [range, { matches: [{ kind: 'tcp', flags: { mask: 256, set: 0 } }] }],
    [range, { matches: [{ kind: 'tcp', flags: { mask: 2, set: -1 } }] }],
    [range, { matches: [{ kind: 'tcp', option: { number: 256 } }] }],
    [value, { matches: [{ kind: 'multiport', side: 'any', ports: 7 }] }],
    [value, { matches: [{ kind: 'comment', comment: 'x'.repeat(256) }] }],
    [value, { matches: [{ kind: 'mark', mark: 'red' }] }],
    [range, { matches: [{ kind: 'other', name: 'x', revision: 256, data: bytes }] }],
    [type, { matches: [{ kind: 'other', name: 'x', revision: 0, data: 'bytes' }] }],
    [type, { target: 'ACCEPT' }],
    [value, { target: { kind: 'acept' } }],
    [value, { target: { kind: 'jump', chain: '' } }],
    [value, { target: { kind: 'redirect', toPorts: '9-1' } }],
    [type, { target: { kind: 'redirect', random: 1 } }],
    [value, { target: { kind: 'other', name: '', revision: 0, data: bytes } }],
  ])('is refused with %s: %o', (code, rule) => {
    expect(() => checkRule(rule as Rule, 'ipv4')).toThrow(expect.objectContaining({ code }));
  });

  it.each<Rule>([
    {},
    { source: '!10.0.0.0/8', protocol: '!tcp', inInterface: 'eth+', fragment: false },
    { matches: [{ kind: 'tcp', flags: { mask: 255, set: 2 }, option: { number: 7, not: false } }] },
    { matches: [{ kind: 'mark', mark: '!0x7/0xff' }], target: { kind: 'jump', chain: 'x' } },
    { target: { kind: 'redirect', toPorts: '1-9', random: true } },
    { target: { kind: 'other', name: 'LOG', revision: 0, data: bytes } },
  ])('is taken: %o', (rule) => {
    expect(() => checkRule(rule, 'ipv4')).not.toThrow();
  });
});

it('a lock that cannot be had says why', () => {
  const cause = (errno: number): string | undefined =>
    legacyReason(new Failure(errno, 0, { plain: lockStage }), 200)?.cause;
  expect(cause(-11)).toBe('somebody else held the xtables lock for 200 ms');
  expect(cause(-13)).toBe(
    "the xtables lock (/run/xtables.lock, or $XTABLES_LOCKFILE) can't be opened",
  );
  expect(cause(-40)).toContain('a symbolic link lies in the place of the xtables lock');
});
