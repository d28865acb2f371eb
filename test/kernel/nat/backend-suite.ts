import { afterEach, describe, expect, it } from 'vitest';
import type { Backend, NatRule } from '../../../src/nat/index.js';
import { Nat } from '../../../src/nat/index.js';
import { createNetns, removeNetns } from '../../../src/netns/index.js';
import { codeOf, errorOf } from './errors.js';
import { ipv4Examples, ipv6Examples } from './rules.js';
import { tracesIn } from './traces.js';
import { trafficSuite } from './traffic-suite.js';

/** What holds on every backend, without a witness. */
export function backendSuite(backend: Backend): void {
  afterEach(async () => {
    await using nat = await Nat.open({ backend });
    await nat.flush();
    await nat.flush({ family: 'ipv6' });
  });

  async function listed(nat: Nat): Promise<string[]> {
    return (await nat.listRules()).map(({ text }) => text);
  }

  it('lists every kind of rule as it was asked for', async () => {
    await using nat = await Nat.open({ backend });
    for (const { rule } of [...ipv4Examples, ...ipv6Examples]) await nat.addRedirect(rule);
    for (const { rule, text } of [...ipv4Examples, ...ipv6Examples]) {
      const found = await nat.getRedirect(rule);
      expect(found?.text).toBe(text);
      expect(found?.redirect).toMatchObject(seen(rule));
      expect(await codeOf(nat.addRedirect(rule)), text).toBe('EEXIST');
      await nat.removeRedirect(rule);
      expect(await nat.getRedirect(rule)).toBeUndefined();
    }
  });

  it('inserts at a position', async () => {
    await using nat = await Nat.open({ backend });
    await nat.addRedirect({ destination: '10.0.0.2' });
    await nat.addRedirect({ destination: '10.0.0.4' });
    await nat.addRedirect({ destination: '10.0.0.1' }, { position: 1 });
    await nat.addRedirect({ destination: '10.0.0.3' }, { position: 3 });
    await nat.addRedirect({ destination: '10.0.0.5' }, { position: 5 });
    expect(await listed(nat)).toEqual(
      [1, 2, 3, 4, 5].map((last) => `-A PREROUTING -d 10.0.0.${last}/32 -j REDIRECT`),
    );
    expect((await nat.listRules()).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(await codeOf(nat.addRedirect({ destination: '10.0.0.9' }, { position: 9 }))).toBe(
      'ERANGE',
    );
  });

  it('inserts before what the same tick adds', async () => {
    await using nat = await Nat.open({ backend });
    await Promise.all([
      nat.addRedirect({ destination: '10.0.0.3' }),
      nat.addRedirect({ destination: '10.0.0.1' }, { position: 1 }),
      nat.addRedirect({ destination: '10.0.0.2' }, { position: 2 }),
      nat.removeRedirect({ destination: '10.0.0.3' }),
    ]);
    expect(await listed(nat)).toEqual(
      [1, 2].map((last) => `-A PREROUTING -d 10.0.0.${last}/32 -j REDIRECT`),
    );
  });

  it('replaces in place', async () => {
    await using nat = await Nat.open({ backend });
    for (const last of [1, 2, 3]) await nat.addRedirect({ destination: `10.0.0.${last}` });
    await nat.replaceRedirect({ destination: '10.0.0.2' }, { destination: '10.0.0.9' });
    expect(await listed(nat)).toEqual(
      [1, 9, 3].map((last) => `-A PREROUTING -d 10.0.0.${last}/32 -j REDIRECT`),
    );
    const gone = nat.replaceRedirect({ destination: '10.0.0.2' }, { destination: '10.0.0.8' });
    expect(await codeOf(gone)).toBe('ENOENT');
    const twin = nat.replaceRedirect({ destination: '10.0.0.1' }, { destination: '10.0.0.3' });
    expect(await codeOf(twin)).toBe('EEXIST');
  });

  it('removes a listed rule', async () => {
    await using nat = await Nat.open({ backend });
    for (const last of [1, 2, 3]) await nat.addRedirect({ destination: `10.0.0.${last}` });
    const [, second] = await nat.listRules();
    await nat.removeRule(second as NatRule);
    expect(await listed(nat)).toEqual(
      [1, 3].map((last) => `-A PREROUTING -d 10.0.0.${last}/32 -j REDIRECT`),
    );
    expect(await codeOf(nat.removeRule(second as NatRule))).toBe('ENOENT');
  });

  it('checks without adding', async () => {
    await using nat = await Nat.open({ backend });
    await nat.addRedirect({ destination: '10.0.0.1' });
    await nat.validateRedirect({
      destination: '10.0.0.2',
      protocol: 'tcp',
      destinationPort: '1,2',
    });
    expect(await codeOf(nat.validateRedirect({ destination: '10.0.0.1' }))).toBe('EEXIST');
    expect(await listed(nat)).toHaveLength(1);
  });

  it('leaves no trace when it is opened, listed, flushed, asked to check or to remove', async () => {
    await createNetns('untouched');
    try {
      await using nat = await Nat.open({ backend, netns: 'untouched' });
      for (const family of ['ipv4', 'ipv6'] as const) {
        const rule = { family, protocol: 'tcp', destinationPort: [80, 443], toPorts: 8080 };
        await nat.validateRedirect(rule);
        expect(await codeOf(nat.validateRedirect(rule, { position: 2 }))).toBe('ERANGE');
        expect(await nat.flush({ family })).toEqual([]);
        expect(await codeOf(nat.removeRedirect(rule))).toBe('ENOENT');
      }
      expect(await nat.listRules()).toEqual([]);
      await nat.zeroCounters();
      expect(tracesIn('untouched')).toBe('');
    } finally {
      await removeNetns('untouched');
    }
  });

  it('removes what it made and nothing else', async () => {
    await using nat = await Nat.open({ backend });
    await nat.addRedirect({ destination: '10.0.0.1' });
    await nat.ensureRedirect({ destination: '2001:db8::1' });
    expect((await nat.flushOwn()).map(({ text }) => text)).toEqual([
      '-A PREROUTING -d 10.0.0.1/32 -j REDIRECT',
      '-A PREROUTING -d 2001:db8::1/128 -j REDIRECT',
    ]);
    expect(await listed(nat)).toEqual([]);
    expect(await nat.flushOwn()).toEqual([]);
  });

  it('removes of what it made only what others have left', async () => {
    await using nat = await Nat.open({ backend });
    await using other = await Nat.open({ backend });
    for (const last of [1, 2]) await nat.addRedirect({ destination: `10.0.0.${last}` });
    await other.removeRedirect({ destination: '10.0.0.1' });
    expect((await nat.flushOwn()).map(({ destination }) => destination)).toEqual(['10.0.0.2']);
  });

  it('is refused, and told why, when its process has given its rights away', async () => {
    await using nat = await Nat.open({ backend });
    const rule = { destination: '10.0.0.1' };
    await nat.addRedirect(rule);
    const admin = /EPERM: it needs CAP_NET_ADMIN/;
    const change = backend === 'legacy' ? /EACCES: the xtables lock .* run as root/ : admin;
    const calls: (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => nat.flushOwn(), change],
      [() => nat.keepRedirect(rule, { interval: 20 }), change],
      [() => nat.watch({ interval: 20 }).next(), admin],
      [() => nat.dropConnections(rule), admin],
    ];
    process.seteuid?.(65_534);
    try {
      for (const [call, why] of calls) expect((await errorOf(call())).message).toMatch(why);
    } finally {
      process.seteuid?.(0);
    }
    expect(await listed(nat)).toHaveLength(1);
  });

  it('adds a thousand rules in one go', async () => {
    await using nat = await Nat.open({ backend, timeout: 60_000 });
    const wanted = Array.from({ length: 1000 }, (_, i) => `10.3.${i >> 8}.${i & 255}`);
    await Promise.all(wanted.map((destination) => nat.addRedirect({ destination })));
    expect((await nat.listRules()).map(({ destination }) => destination)).toEqual(wanted);
  });

  it('loses nothing when two write at once', async () => {
    await using one = await Nat.open({ backend });
    await using two = await Nat.open({ backend });
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const number of numbers) {
      await Promise.all([
        one.addRedirect({ destination: `10.1.0.${number}` }),
        two.addRedirect({ destination: `10.2.0.${number}` }),
      ]);
    }
    expect(await listed(one)).toHaveLength(40);
    await Promise.all(
      numbers.flatMap((number) => [
        one.removeRedirect({ destination: `10.1.0.${number}` }),
        two.removeRedirect({ destination: `10.2.0.${number}` }),
      ]),
    );
    expect(await listed(one)).toEqual([]);
  });

  it('refuses before the kernel sees anything', async () => {
    await using nat = await Nat.open({ backend });
    const error = await errorOf(nat.addRedirect({ destination: '10.0.0.1', destinationPort: 80 }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(await listed(nat)).toEqual([]);
  });

  describe('traffic', () => trafficSuite(backend));
}

/** A rule as a listing gives it: with its family and chain, and numbers where there is one port. */
function seen(rule: object): object {
  const { destinationPort: _, sourcePort: __, ...rest } = rule as { [key: string]: unknown };
  return rest;
}
