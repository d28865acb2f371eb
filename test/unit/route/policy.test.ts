// Arguments of routing policy: rules, look-ups and ports for encapsulated packets.
import { describe, expect, it } from 'vitest';
import { addAlias } from '../../../src/route/address-alias.js';
import { relabelAddress, updateAddress } from '../../../src/route/address-changes.js';
import { resolvePort, resolvePortKey } from '../../../src/route/fou-config.js';
import type { Line } from '../../../src/route/line.js';
import { getRoute } from '../../../src/route/routes.js';
import { resolveRule, resolveRuleKey } from '../../../src/route/rule-config.js';

const nobody = undefined as unknown as Line;
const value = 'ERR_INVALID_ARG_VALUE';
const range = 'ERR_OUT_OF_RANGE';
const code = (name: string): object => expect.objectContaining({ code: name });

describe('a rule', () => {
  it.each<[string, object]>([
    [value, {}],
    [value, { from: '10.0.0.0/8', to: '2001:db8::/32' }],
    [value, { from: '10.0.0.0/8', family: 'ipv6' }],
    [value, { priority: 7, action: 'goto' }],
    [value, { priority: 7, target: 9 }],
    [range, { tos: 256 }],
    [value, { action: 'jump' }],
  ])('is refused with %s: %o', (name, rule) => {
    expect(() => resolveRule(rule)).toThrow(code(name));
  });

  it('looks up the main table where it does not say what it does', () => {
    expect(resolveRule({ mark: 7 })).toMatchObject({ action: 'lookup', table: 'main' });
    expect(resolveRule({ mark: 7, action: 'goto', target: 9 }).table).toBeUndefined();
    expect(resolveRuleKey({ mark: 7 })).toMatchObject({ action: undefined, table: undefined });
  });
});

it('a look-up is about addresses of one family', async () => {
  await expect(getRoute(nobody, '10.0.0.1', { from: '2001:db8::1' }, {})).rejects.toThrow(
    "from must be an ipv4 address like the destination; got '2001:db8::1'",
  );
});

describe('a port for encapsulated packets', () => {
  it.each<[string, object]>([
    [range, { port: 0 }],
    [value, { local: '10.0.0.1', family: 'ipv6' }],
    [value, { local: '10.0.0.1', peer: '2001:db8::1', peerPort: 7 }],
    [value, { peer: '10.0.0.1' }],
    [value, { peerPort: 7 }],
    [value, { carries: 'ipv4' }],
    [value, { encapsulation: 'fou', carries: 'ipx' }],
    [range, { encapsulation: 'fou', carries: 0 }],
  ])('is refused with %s: %o', (name, part) => {
    expect(() => resolvePort({ port: 6080, encapsulation: 'gue', ...part })).toThrow(code(name));
  });

  it('is of the family of its addresses', () => {
    expect(resolvePortKey({ port: 6080, local: '2001:db8::1' }).family).toBe('ipv6');
    expect(resolvePort({ port: 5555, encapsulation: 'fou', carries: 4 })).toMatchObject({
      family: 'ipv4',
      carries: 4,
    });
  });
});

it('labels and flags that one family alone has are refused for the other', async () => {
  const six = { device: 'ens3', address: '2001:db8::1/64' };
  const four = { device: 'ens3', address: '10.0.0.1/24' };
  const unlabelled = 'an IPv4 address: the kernel keeps no label of others';
  expect(() => addAlias(nobody, 'ens3', six.address, {}, {})).toThrow(unlabelled);
  await expect(relabelAddress(nobody, six, 'ens3:1', 'device', {})).rejects.toThrow(unlabelled);
  await expect(updateAddress(nobody, four, { noPrefixRoute: true }, {})).rejects.toThrow(
    'noPrefixRoute must be absent: in IPv4 it cannot be changed',
  );
});
