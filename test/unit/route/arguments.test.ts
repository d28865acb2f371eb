import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeLabel } from '../../../src/route/address-alias.js';
import { resolveAddress, resolveKey } from '../../../src/route/address-config.js';
import { bind } from '../../../src/route/bound.js';
import { resolveAnnouncement, resolveProbe } from '../../../src/route/claim-config.js';
import { checkDevice } from '../../../src/route/device.js';
import { checkMacAddress, formatMacAddress } from '../../../src/route/hardware-address.js';
import { labelMatcher } from '../../../src/route/label.js';
import { resolveLink, resolvePatch } from '../../../src/route/link-config.js';
import { checkPrefix, edgeOf, formatPrefix } from '../../../src/route/prefix.js';
import { resolveRoute } from '../../../src/route/route-config.js';
import { naturalScope } from '../../../src/route/scope.js';
import { watchedAddresses, watchedRoutes } from '../../../src/route/watch/kinds.js';
import { checkWatch } from '../../../src/route/watch/options.js';

function refusal(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}

const [type, value, range] = [
  'ERR_INVALID_ARG_TYPE',
  'ERR_INVALID_ARG_VALUE',
  'ERR_OUT_OF_RANGE',
] as const;

describe('resolveAddress', () => {
  it.each<[string, object]>([
    [type, { device: 7 }],
    [value, { device: '' }],
    [value, { device: 'a'.repeat(16) }],
    [value, { device: 'ens3:1' }],
    [type, { address: undefined }],
    [value, { address: 'nowhere' }],
    [value, { address: '10.0.0.256' }],
    [range, { address: '10.0.0.1/33' }],
    [value, { address: '10.0.0.1/' }],
    [value, { address: '10.0.0.1/255.255.255.0' }],
    [value, { address: 'fe80::1%lo' }],
    [value, { address: '0.0.0.0' }],
    [value, { address: '::' }],
    [value, { address: '224.0.0.5' }],
    [value, { address: 'ff02::1' }],
    [value, { address: '255.255.255.255' }],
    [value, { label: 'ens3:1234567890123' }],
    [value, { label: 'eth0:1' }],
    [value, { label: 'ens3x' }],
    [value, { label: 'ens3:123456789012', labelPolicy: 'any' }],
    [value, { address: '2001:db8::1', label: 'ens3:1' }],
    [value, { broadcast: '::1' }],
    [value, { address: '10.0.0.1/31', broadcast: '+' }],
    [value, { address: '2001:db8::1', broadcast: '+' }],
    [value, { scope: 'everywhere' }],
    [range, { scope: 256 }],
    [value, { address: 'fe80::1', scope: 'global' }],
    [value, { peer: '10.0.0.2' }],
    [value, { address: '10.0.0.1', peer: '2001:db8::1' }],
    [range, { validLifetime: 0 }],
    [range, { validLifetime: 2 ** 32 - 1 }],
    [range, { validLifetime: 10, preferredLifetime: 11 }],
    [type, { noDad: 'yes' }],
    [value, { noDad: true }],
    [value, { homeAddress: true }],
    [value, { address: '2001:db8::1/48', manageTemporary: true }],
    [range, { metric: -1 }],
    [range, { protocol: 256 }],
    [value, { labels: 'ens3:1' }],
  ])('refuses with %s: %j', (code, wrong) => {
    expect(
      refusal(() => resolveAddress({ device: 'ens3', address: '10.0.0.1/24', ...wrong })),
    ).toBe(code);
  });

  it.each<[object, object]>([
    [{ label: 'anything', labelPolicy: 'any' }, { label: 'anything' }],
    [{ label: 'ens3:1' }, { label: 'ens3:1', scope: 'global', broadcast: undefined }],
    [{ broadcast: '+' }, { broadcast: '10.0.0.255' }],
    [{ address: '127.0.0.9' }, { scope: 'host', prefixLength: 32 }],
    [{ address: '2001:DB8::1' }, { local: '2001:db8::1', prefixLength: 128 }],
    [{ validLifetime: 9 }, { lifetimes: { valid: 9, preferred: 9 } }],
    [{ preferredLifetime: 0 }, { lifetimes: { valid: 0xff_ff_ff_ff, preferred: 0 } }],
    [{ family: 'ipv4', secondary: true }, { local: '10.0.0.1' }],
  ])('takes %j', (given, expected) => {
    const address = { device: 'ens3', address: '10.0.0.1/24', ...given };
    expect(resolveAddress(address)).toMatchObject(expected);
  });

  it('never changes the object it is given', () => {
    const address = Object.freeze({ device: 'ens3', address: '10.0.0.1/24', broadcast: '+' });
    expect(() => resolveAddress(address)).not.toThrow();
    expect(resolveKey(address).name).toBe('10.0.0.1/24');
  });
});

describe('prefixes', () => {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6());

  it('keep their text', () => {
    fc.assert(
      fc.property(addresses, fc.nat(32), (address, length) => {
        const prefix = checkPrefix('address', `${address}/${length}`);
        expect(checkPrefix('address', formatPrefix(prefix))).toEqual(prefix);
      }),
    );
  });

  it('have their first address at or below, their last at or above, and those are fixed', () => {
    fc.assert(
      fc.property(addresses, fc.nat(32), (address, length) => {
        const prefix = checkPrefix('address', `${address}/${length}`);
        for (const edge of ['first', 'last'] as const) {
          const moved = { ...prefix, address: edgeOf(prefix, edge) };
          expect(edgeOf(moved, edge)).toBe(moved.address);
          expect(edgeOf(moved, 'first')).toBe(edgeOf(prefix, 'first'));
        }
      }),
    );
  });

  it.each([
    ['10.1.2.3/20', '10.1.0.0', '10.1.15.255'],
    ['10.1.2.3/0', '0.0.0.0', '255.255.255.255'],
    ['2001:db8::1/33', '2001:db8::', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s spans %s to %s', (text, first, last) => {
    const prefix = checkPrefix('address', text);
    expect([edgeOf(prefix, 'first'), edgeOf(prefix, 'last')]).toEqual([first, last]);
  });
});

describe('labels', () => {
  it('match by patterns, not by expressions', () => {
    expect(labelMatcher('ens3:*')('ens3:1')).toBe(true);
    expect(labelMatcher('ens3:?')('ens3:12')).toBe(false);
    expect(labelMatcher('ens3.1')('ens3x1')).toBe(false);
    expect(labelMatcher('*')(undefined)).toBe(false);
  });

  it('are numbered from 1, past those that are taken, until there is no room', () => {
    expect(freeLabel('ens3', [])).toBe('ens3:1');
    expect(freeLabel('ens3', ['ens3:1', 'ens3:3', undefined])).toBe('ens3:2');
    const taken = Array.from({ length: 9 }, (_, index) => `enp0s31f6np00:${index + 1}`);
    expect(freeLabel('enp0s31f6np00', taken.slice(1))).toBe('enp0s31f6np00:1');
    expect(refusal(() => freeLabel('enp0s31f6np00', taken))).toBe(range);
  });
});

describe('hardware addresses', () => {
  it('keep their text', () => {
    expect(formatMacAddress(checkMacAddress('mac', '02:0A:ff:00:00:01'))).toBe('02:0a:ff:00:00:01');
  });

  it.each([
    ['01:00:5e:00:00:01'],
    ['00:00:00:00:00:00'],
    ['02:00:00:00:00'],
    ['02-00-00-00-00-01'],
  ])('are not %s', (mac) => {
    expect(refusal(() => checkMacAddress('mac', mac))).toBe(value);
  });
});

describe('naturalScope', () => {
  it.each([
    ['127.3.2.1', 'host'],
    ['10.0.0.1', 'global'],
    ['::1', 'host'],
    ['fe80::1', 'link'],
    ['febf::1', 'link'],
    ['fec0::1', 'site'],
    ['fd00::1', 'global'],
  ])('of %s is %s', (address, scope) => {
    expect(naturalScope(address)).toBe(scope);
  });
});

describe('checkDevice', () => {
  it.each(['.', '..', 'a/b', 'a b', 'a:1', 'a\n', ''])('refuses %j', (name) => {
    expect(refusal(() => checkDevice('device', name))).toBe(value);
  });
});

describe('resolveLink', () => {
  it.each<[string, unknown]>([
    [type, undefined],
    [value, { kind: 'wormhole', name: 'a' }],
    [value, { kind: 'veth', name: 'a' }],
    [type, { kind: 'veth', name: 'a', peer: 7 }],
    [value, { kind: 'bridge', name: 'a', peer: 'b' }],
    [value, { kind: 'bridge', name: 'a', lower: 'b' }],
    [value, { kind: 'vlan', name: 'a', id: 7 }],
    [range, { kind: 'vlan', name: 'a', lower: 'b', id: 4095 }],
    [range, { kind: 'bridge', name: 'a', forwardDelay: 1 }],
    [value, { kind: 'ipip', name: 'a', local: '2001:db8::1' }],
    [value, { kind: 'dummy', name: 'a', macAddress: 'x' }],
    [value, { kind: 'dummy', name: 'a', mode: 'bridge' }],
    [value, { kind: 'dummy', name: 'a', netns: `/${'x'.repeat(300)}` }],
  ])('refuses with %s: %j', (code, link) => {
    expect(refusal(() => resolveLink(link))).toBe(code);
  });

  it('refuses a master in the namespace that a device leaves', () => {
    expect(refusal(() => resolvePatch({ netns: 'a', master: 'b' }))).toBe(value);
    expect(resolvePatch({ master: null })).toEqual({ master: null });
  });
});

describe('resolveRoute', () => {
  it.each<[string, object]>([
    [value, { destination: '192.0.2.1/24', device: 'a' }],
    [value, { destination: 'default', device: 'a' }],
    [value, { destination: '192.0.2.0/24' }],
    [value, { destination: '192.0.2.0/24', gateway: '2001:db8::1' }],
    [value, { destination: '192.0.2.0/24', device: 'a', nextHops: [{ device: 'b' }] }],
    [value, { destination: '192.0.2.0/24', nextHops: [{}] }],
    [range, { destination: '192.0.2.0/24', nextHops: [{ device: 'b', weight: 257 }] }],
    [range, { destination: '192.0.2.0/24', device: 'a', table: 0 }],
    [value, { destination: '192.0.2.0/24', device: 'a', table: 'mine' }],
    [range, { destination: '192.0.2.0/24', device: 'a', metric: -1 }],
  ])('refuses with %s: %j', (code, route) => {
    expect(refusal(() => resolveRoute(route))).toBe(code);
  });

  it.each<[object, object]>([
    [{ destination: 'default', gateway: '2001:db8::1' }, { name: '::/0 via 2001:db8::1' }],
    [
      { destination: '192.0.2.0/24', device: 'a' },
      { scope: 'link', table: 'main' },
    ],
    [
      { destination: '192.0.2.0/24', device: 'a', type: 'local' },
      { scope: 'host', table: 'local' },
    ],
    [
      { destination: '192.0.2.0/24', type: 'blackhole' },
      { scope: 'global', protocol: 'boot' },
    ],
  ])('takes %j', (route, expected) => {
    expect(resolveRoute(route)).toMatchObject(expected);
  });
});

describe('resolveAnnouncement and resolveProbe', () => {
  const claim = { device: 'ens3', address: '10.0.0.1/24' };

  it.each<[string, object]>([
    [value, { device: '' }],
    [value, { address: '0.0.0.0' }],
    [value, { address: 'ff02::1' }],
    [range, { count: 0 }],
    [range, { count: 1001 }],
    [range, { interval: 60_001 }],
    [value, { once: true }],
  ])('refuse with %s: %o', (code, wrong) => {
    expect(refusal(() => resolveAnnouncement({ ...claim, ...wrong }))).toBe(code);
    expect(refusal(() => resolveProbe({ ...claim, ...wrong }))).toBe(code);
  });

  it('know what belongs to one family or one of the two', () => {
    const v6 = { device: 'ens3', address: '2001:DB8::1' };
    expect(refusal(() => resolveAnnouncement({ ...claim, form: 'none' }))).toBe(value);
    expect(refusal(() => resolveAnnouncement({ ...v6, form: 'reply' }))).toBe(value);
    expect(refusal(() => resolveAnnouncement({ ...claim, router: true }))).toBe(value);
    expect(refusal(() => resolveAnnouncement({ ...v6, router: 'yes' }))).toBe(type);
    expect(refusal(() => resolveProbe({ ...claim, form: 'reply' }))).toBe(value);
    expect(refusal(() => resolveProbe({ ...claim, interval: 0 }))).toBe(range);
    expect(resolveAnnouncement({ ...v6, interval: 0, router: true })).toEqual({
      device: 'ens3',
      address: { family: 'ipv6', text: '2001:db8::1' },
      count: 3,
      interval: 0,
      forms: ['request'],
      router: true,
    });
    expect(resolveAnnouncement({ ...claim, form: 'both' }).forms).toEqual(['request', 'reply']);
    expect(resolveProbe(claim)).toEqual({
      device: 'ens3',
      address: { family: 'ipv4', text: '10.0.0.1' },
      count: 3,
      interval: 1000,
    });
  });
});

describe('watch', () => {
  it.each<[string, object]>([
    [value, {}],
    [value, { addresses: false }],
    [value, { addreses: true }],
    [type, { links: true, initial: 'yes' }],
    [range, { links: true, bufferSize: 1 }],
    [range, { links: true, timeout: 0 }],
    [type, { links: true, signal: 'now' }],
  ])('refuses with %s what is %o', (code, options) => {
    expect(refusal(() => checkWatch(options))).toBe(code);
  });

  it('takes the filters of listings, and refuses others', () => {
    const { filters } = checkWatch({ addresses: true, rules: { table: 7 }, links: false });
    expect([...filters]).toEqual([
      ['addresses', {}],
      ['rules', { table: 7 }],
    ]);
    expect(refusal(() => watchedAddresses(bind(), { labl: 'x' }))).toBe(value);
    expect(refusal(() => watchedRoutes(bind(), true))).toBe(type);
  });

  it('joins the groups of the family that is asked for, and what takes routes along', () => {
    expect(watchedAddresses(bind(), {}).groups).toEqual(['ipv4Addresses', 'ipv6Addresses']);
    expect(watchedRoutes(bind(), { family: 'ipv6' }).groups).toEqual([
      'ipv6Routes',
      'ipv6Addresses',
      'nextHops',
    ]);
  });
});
