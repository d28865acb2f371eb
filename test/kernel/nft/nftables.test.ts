import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { needing } from '../lacks.js';
import { backendSuite } from '../nat/backend-suite.js';
import { errorOf } from '../nat/errors.js';
import { killedSuite } from '../nat/killed-suite.js';
import type { Example } from '../nat/rules.js';
import { ipv4Examples, ipv6Examples } from '../nat/rules.js';
import { transactionSuite } from '../nat/transaction-suite.js';
import { watchSuite } from '../nat/watch-suite.js';

function nft(...args: string[]): string {
  return execFileSync('nft', args, { encoding: 'utf8' });
}

/** The lines of a chain's rules, as `nft` shows them. */
function rulesShown(): string[] {
  const text = spawnSync('nft', ['list', 'table', 'ip', 'lvs'], { encoding: 'utf8' }).stdout;
  return text
    .split('\n')
    .map((line) => line.trim().replace(/counter packets \d+ bytes \d+/, 'counter'))
    .filter((line) => line.includes('counter'));
}

/** A listing of nft's, without the numbers that the kernel gives and what nft says of itself. */
function withoutHandles(json: string): unknown {
  const text = json.replace(/"handle": \d+(, )?/g, '').replace(/, \}/g, '}');
  return JSON.parse(text);
}

/** nf_tables holds several ports in a set. */
function isSet({ text }: Pick<Example, 'text'>): boolean {
  return / -m multiport .*,/.test(text);
}

describe('nftables', () => {
  backendSuite('nftables');
  watchSuite('nftables');
  killedSuite('nftables');
  transactionSuite('nftables');

  afterEach(() => {
    spawnSync('nft', ['delete', 'table', 'ip', 'lvs']);
  });

  it.each([
    ['ip', 'ipv4', ipv4Examples],
    ['ip6', 'ipv6', ipv6Examples],
  ] as const)(
    'makes %s rules that nft -j takes back, and knows those that nft made',
    async (table, family, examples) => {
      await using nat = await Nat.open({ backend: 'nftables' });
      for (const { rule } of examples) await nat.addRedirect(rule);
      const ours = await nat.listRules({ family });
      const shown = nft('-j', 'list', 'table', table, 'lvs');
      nft('delete', 'table', table, 'lvs');
      // nft opens its input by name, which the sockets that Node makes do not allow.
      execFileSync('sh', ['-c', 'cat | nft -j -f -'], { input: shown });
      expect(withoutHandles(nft('-j', 'list', 'table', table, 'lvs'))).toEqual(
        withoutHandles(shown),
      );
      const theirs = await nat.listRules({ family });
      const known = theirs.filter(({ complete }) => complete);
      // A set that nft made does not tell its ports with the rule.
      expect(theirs.length - known.length).toBe(examples.filter(isSet).length);
      expect(known.every(({ own }) => !own)).toBe(true);
      const single = ours.filter((rule) => !isSet(rule));
      expect(known.map(({ text }) => text)).toEqual(single.map(({ text }) => text));
      nft('delete', 'table', table, 'lvs');
    },
  );

  it('keeps a thousand rules of others as they are, wherever ours go', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.0.0.1' });
    const kinds = ['ip ttl 3 counter accept', 'ip saddr 10.0.0.0/8 tcp dport { 1, 2-9 } jump shop'];
    const rules = Array.from({ length: 1000 }, (_, index) => {
      const chain = index % 3 === 0 ? 'shop' : 'prerouting';
      const rule = chain === 'shop' ? 'meta mark 7 return' : kinds[index % kinds.length];
      return `add rule ip lvs ${chain} ${rule} comment "${index}"`;
    });
    const input = ['add chain ip lvs shop', 'add table ip other', ...rules].join('\n');
    execFileSync('nft', ['-f', '-'], { input });
    const before = nft('-j', 'list', 'ruleset');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 660 }), { minLength: 10, maxLength: 10 }),
        async (positions) => {
          const rule = (index: number): object => ({ destination: `10.9.0.${index}` });
          await Promise.all(
            positions.map((position, index) => nat.addRedirect(rule(index), { position })),
          );
          const ours = nft('list', 'chain', 'ip', 'lvs', 'prerouting').match(
            /10\.9\.0\.\d+ counter/g,
          );
          expect(ours).toHaveLength(10);
          await Promise.all(positions.map((_, index) => nat.removeRedirect(rule(index))));
          expect(nft('-j', 'list', 'ruleset')).toBe(before);
        },
      ),
      { numRuns: 5 },
    );
    nft('delete', 'table', 'ip', 'other');
  });

  it('loses nothing when nft writes at the same time', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.1.0.0' });
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    const lines = numbers.map(
      (number) => `nft add rule ip lvs prerouting ip daddr 10.2.0.${number} counter redirect`,
    );
    const theirs = promisify(execFile)('sh', ['-ec', lines.join('\n')]);
    for (const number of numbers) await nat.addRedirect({ destination: `10.1.0.${number}` });
    await theirs;
    expect(rulesShown()).toHaveLength(41);
  });

  it('makes what nft can read', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.0.0.1', comment: 'a vip' });
    await nat.addRedirect({
      source: '!10.9.0.0/16',
      protocol: 'tcp',
      destinationPort: '1000-2000',
      inInterface: 'eth+',
      toPorts: '8080-8090',
      random: true,
    });
    await nat.addRedirect({
      protocol: 'udp',
      destinationPort: ['20-30', 5, 31, 65535],
      mark: '1/3',
    });
    expect(rulesShown()).toEqual([
      'ip daddr 10.0.0.1 counter redirect comment "a vip"',
      'iifname "eth*" ip saddr != 10.9.0.0/16 tcp dport 1000-2000 counter redirect to :8080-8090 random',
      'udp dport { 5, 20-31, 65535 } meta mark & 0x00000003 == 0x00000001 counter redirect',
    ]);
    const listed = await nat.listRules();
    expect(listed.map(({ own, complete }) => own && complete)).toEqual([true, true, true]);
    expect(listed[2]?.redirect?.destinationPort).toBe('20-30,5,31,65535');
  });

  it('comes before the rules of iptables', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.0.0.1' });
    expect(nft('list', 'chain', 'ip', 'lvs', 'prerouting')).toContain('priority dstnat - 1');
  });

  it('keeps its hands off rules that others put into its table', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.0.0.1' });
    nft('add', 'rule', 'ip', 'lvs', 'prerouting', 'ip', 'ttl', '3', 'counter', 'accept');
    const [, foreign] = await nat.listRules();
    expect(foreign).toMatchObject({ own: false, complete: false });
    await nat.flushOwn();
    expect(rulesShown()).toEqual(['ip ttl 3 counter accept']);
  });

  it('warns of rules that iptables has as well', async () => {
    execFileSync('iptables-nft', [
      '-t',
      'nat',
      '-A',
      'PREROUTING',
      '-d',
      '10.0.0.9',
      '-j',
      'ACCEPT',
    ]);
    try {
      await using nat = await Nat.open({ backend: 'nftables' });
      expect(nat.warnings).toMatchObject([{ code: 'MIXED_BACKENDS' }]);
      expect(nat.warnings[0]?.message).toContain('the rules made here come first');
    } finally {
      nft('delete', 'table', 'ip', 'nat');
    }
  });

  needing('lasting tables', () => {
    it('can own its table, which then survives a flush of everything', async () => {
      {
        await using nat = await Nat.open({ backend: 'nftables', own: true });
        await nat.addRedirect({ destination: '10.0.0.1' });
        nft('flush', 'ruleset');
        expect(rulesShown()).toHaveLength(1);
        const error = await errorOf(Nat.open({ backend: 'nftables' }));
        expect(error).toMatchObject({ code: 'EPERM' });
        expect(error.message).toContain('owner');
      }
      await using heir = await Nat.open({ backend: 'nftables', own: true });
      expect(await heir.listRules()).toHaveLength(1);
      await heir.addRedirect({ destination: '10.0.0.2' });
      expect(await heir.flush()).toHaveLength(2);
    });

    it('names what of a rule the kernel refused', async () => {
      await using nat = await Nat.open({ backend: 'nftables' });
      await using owner = await Nat.open({ backend: 'nftables', own: true });
      await owner.addRedirect({ destination: '10.0.0.1' });
      const error = await errorOf(nat.addRedirect({ destination: '10.0.0.2' }));
      expect(error).toMatchObject({ code: 'EPERM', field: 'table' });
    });
  });

  it('tells a watch that read too slowly what its announcements would have told', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.0.0.1' });
    await using changes = await nat.watch({ bufferSize: 4096 }).ready();
    const wanted = Array.from({ length: 100 }, (_, i) => `10.3.0.${i}`);
    for (const destination of wanted) await nat.addRedirect({ destination });
    await nat.removeRedirect({ destination: '10.0.0.1' });
    const added: (string | undefined)[] = [];
    const removed: (string | undefined)[] = [];
    let resynced = false;
    for await (const change of changes) {
      added.push(...change.added.map(({ destination }) => destination));
      removed.push(...change.removed.map(({ destination }) => destination));
      resynced ||= change.resync === true;
      if (added.length >= wanted.length && removed.length > 0) break;
    }
    expect([added, removed, resynced]).toEqual([wanted, ['10.0.0.1'], true]);
    await nat.flush();
  });

  it('cannot own a table that was made without an owner', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.0.0.1' });
    const error = await errorOf(Nat.open({ backend: 'nftables', own: true }));
    expect(error.message).toContain('without an owner');
  });
});
