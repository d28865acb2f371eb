import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { NatRule } from '../../../src/nat/index.js';
import { KernelError, Nat } from '../../../src/nat/index.js';
import { codeOf, errorOf } from './errors.js';
import { foreignTable } from './foreign.js';
import { Iptables } from './iptables.js';
import type { Example } from './rules.js';
import { ipv4Examples, ipv6Examples } from './rules.js';

const families = [
  ['ipv4', ipv4Examples],
  ['ipv6', ipv6Examples],
] as const;

/** What holds on both backends that `iptables` sees, with `iptables` as the witness. */
export function iptablesSuite(backend: 'legacy' | 'iptables-nft', variant: 'legacy' | 'nft'): void {
  const iptables = new Iptables(variant);

  afterEach(async () => {
    await using nat = await Nat.open({ backend });
    await nat.flush();
    await nat.flush({ family: 'ipv6' });
    for (const chain of userChains(iptables)) iptables.run(`-X ${chain}`);
  });

  describe.each(families)('%s rules', (family, examples) => {
    it('look to iptables-save as if iptables had made them', async () => {
      await using nat = await Nat.open({ backend });
      for (const { rule } of examples) await nat.addRedirect(rule);
      const ours = iptables.rules(family);
      await nat.flush({ family });
      iptables.runAll(
        examples.map(({ text }) => text),
        family,
      );
      expect(ours).toEqual(inChainOrder(examples));
      expect(iptables.rules(family)).toEqual(ours);
    });

    it('are found by -C and removed by -D', async () => {
      await using nat = await Nat.open({ backend });
      const texts = examples.map(({ text }) => text);
      for (const { rule } of examples) await nat.addRedirect(rule);
      expect(iptables.hasAll(texts, family)).toBe(true);
      iptables.runAll(
        texts.map((text) => text.replace(/^-A/, '-D')),
        family,
      );
      expect(iptables.rules(family)).toEqual([]);
      expect(iptables.hasAll(texts.slice(0, 1), family)).toBe(false);
    });

    it('of iptables are listed, known again and removed', async () => {
      await using nat = await Nat.open({ backend });
      iptables.runAll(
        examples.map(({ text }) => text),
        family,
      );
      const listed = await nat.listRules({ family });
      expect(listed.map(({ text }) => text)).toEqual(inChainOrder(examples));
      expect(listed.every(({ own, complete }) => !own && complete)).toBe(true);
      for (const { rule, text } of examples) {
        expect(await codeOf(nat.addRedirect(rule)), text).toBe('EEXIST');
        expect(await nat.ensureRedirect(rule), text).toBe('unchanged');
        await nat.removeRedirect(rule);
      }
      expect(iptables.rules(family)).toEqual([]);
    });

    it('come back from a listing as what was asked for', async () => {
      await using nat = await Nat.open({ backend });
      for (const { rule } of examples) await nat.addRedirect(rule);
      const listed = await nat.listRules({ family });
      await nat.flush({ family });
      for (const { redirect } of listed) await nat.addRedirect(redirect ?? {});
      expect(plain(await nat.listRules({ family }))).toEqual(plain(listed));
    });
  });

  it('fails on a twin and on what is not there, naming the command', async () => {
    await using nat = await Nat.open({ backend });
    await nat.addRedirect({ destination: '10.0.0.1' });
    const twin = await errorOf(nat.addRedirect({ destination: '10.0.0.1/32' }));
    expect(twin).toBeInstanceOf(KernelError);
    expect(twin).toMatchObject({
      code: 'EEXIST',
      operation: 'add redirect',
      object: 'iptables -t nat -A PREROUTING -d 10.0.0.1/32 -j REDIRECT',
    });
    expect(twin.message).toContain('ensureRedirect');
    const missing = await errorOf(nat.removeRedirect({ destination: '2001:db8::9' }));
    expect(missing).toMatchObject({
      code: 'ENOENT',
      object: 'ip6tables -t nat -D PREROUTING -d 2001:db8::9/128 -j REDIRECT',
    });
    expect(iptables.rules()).toEqual(['-A PREROUTING -d 10.0.0.1/32 -j REDIRECT']);
  });

  it('makes one transaction of a tick, of which failures reject alone', async () => {
    await using nat = await Nat.open({ backend });
    const wanted = [1, 2, 1, 3, 2].map((last) => `10.0.0.${last}`);
    const settled = await Promise.allSettled(
      wanted.map((destination) => nat.addRedirect({ destination })),
    );
    expect(settled.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(iptables.rules()).toEqual(
      [1, 2, 3].map((last) => `-A PREROUTING -d 10.0.0.${last}/32 -j REDIRECT`),
    );
  });

  it('leaves rules and chains that are not ours as they are, with their counters', async () => {
    await using nat = await Nat.open({ backend });
    iptables.runAll([
      '-N shop',
      '-A PREROUTING -d 192.0.2.0/24 -j shop',
      '-A shop -p tcp -m tcp --tcp-flags SYN,ACK SYN -j RETURN',
      '-A shop -p tcp -m statistic --mode nth --every 3 --packet 0 -j DNAT --to 1.2.3.4',
      '-A POSTROUTING -o eth9 -m addrtype ! --dst-type LOCAL -j MASQUERADE',
      '-A POSTROUTING -s 10.0.0.0/8 -c 12 3456 -j SNAT --to-source 192.0.2.1',
    ]);
    const before = iptables.save('ipv4', '-c');
    for (const { rule } of ipv4Examples) await nat.addRedirect(rule);
    for (const { rule } of ipv4Examples) await nat.removeRedirect(rule);
    expect(withoutPackets(iptables.save('ipv4', '-c'))).toEqual(withoutPackets(before));
    expect(iptables.save('ipv4', '-c').join('\n')).toContain('[12:3456]');
  });

  it('keeps a thousand rules of others byte for byte, wherever ours go', async () => {
    await using nat = await Nat.open({ backend });
    iptables.runAll(foreignTable(1000), 'ipv4', '-c');
    const before = withoutPackets(iptables.save('ipv4', '-c'));
    expect(before.filter((line) => line.startsWith('['))).toHaveLength(1000);
    const chain = fc.constantFrom('PREROUTING' as const, 'OUTPUT' as const);
    const place = fc.record({ chain, position: fc.integer({ min: 1, max: 251 }) });
    const places = fc.uniqueArray(place, { minLength: 12, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(places, async (wanted) => {
        const ours = wanted.map((at, index) => ({ ...at, destination: `10.9.0.${index}` }));
        const add = ({ position, ...rule }: (typeof ours)[number]): Promise<void> =>
          nat.addRedirect(rule, { position });
        // One by one, and in one transaction.
        for (const one of ours.slice(0, 6)) await add(one);
        await Promise.all(ours.slice(6).map(add));
        const mixed = withoutPackets(iptables.save('ipv4', '-c'));
        expect(mixed).toHaveLength(before.length + 12);
        expect(mixed.filter((line) => !line.includes('10.9.0.'))).toEqual(before);
        await Promise.all(ours.map(({ position: _, ...rule }) => nat.removeRedirect(rule)));
        expect(withoutPackets(iptables.save('ipv4', '-c'))).toEqual(before);
      }),
      { numRuns: 3 },
    );
  });

  it('flushes exactly what iptables -F does, and tells what that was', async () => {
    await using nat = await Nat.open({ backend });
    iptables.runAll([
      '-N shop',
      '-A shop -d 10.0.0.9 -j REDIRECT',
      '-A POSTROUTING -o eth9 -j MASQUERADE',
    ]);
    await nat.addRedirect({ destination: '10.0.0.1' });
    await nat.addRedirect({ destination: '2001:db8::1' });
    const removed = await nat.flush();
    expect(removed.map(({ chain, target }) => [chain, target?.kind]).sort()).toEqual([
      ['POSTROUTING', 'other'],
      ['PREROUTING', 'redirect'],
      ['shop', 'redirect'],
    ]);
    expect(iptables.rules()).toEqual([]);
    expect(iptables.save().some((line) => line.startsWith(':shop'))).toBe(true);
    expect(iptables.rules('ipv6')).toHaveLength(1);
    expect(await nat.flush()).toEqual([]);
  });

  it('loses nothing when iptables writes at the same time', async () => {
    await using nat = await Nat.open({ backend });
    const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
    const theirs = iptables.runLater(
      numbers.map((number) => `-A PREROUTING -d 10.2.0.${number} -j REDIRECT`),
    );
    for (const number of numbers) await nat.addRedirect({ destination: `10.1.0.${number}` });
    await theirs;
    expect(iptables.rules()).toHaveLength(20);
  });
}

function userChains(iptables: Iptables): string[] {
  const lines = iptables.save().filter((line) => line.startsWith(':') && line.includes(' - '));
  return lines.map((line) => line.slice(1).split(' ')[0] ?? '');
}

/** `iptables-save` goes chain by chain. */
function inChainOrder(examples: readonly Example[]): string[] {
  const texts = examples.map(({ text }) => text);
  return [
    ...texts.filter((text) => text.startsWith('-A PREROUTING')),
    ...texts.filter((text) => text.startsWith('-A OUTPUT')),
  ];
}

/** Counters of policies go on by themselves. */
function withoutPackets(lines: readonly string[]): string[] {
  return lines.map((line) => (line.startsWith(':') ? line.replace(/\[.*\]/, '') : line));
}

function plain(rules: readonly NatRule[]): unknown[] {
  return rules.map(({ text, redirect }) => ({ text, redirect }));
}
