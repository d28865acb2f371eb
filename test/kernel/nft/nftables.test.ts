import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { backendSuite } from '../nat/backend-suite.js';
import { errorOf } from '../nat/errors.js';
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

describe('nftables', () => {
  backendSuite('nftables');
  watchSuite('nftables');

  afterEach(() => {
    spawnSync('nft', ['delete', 'table', 'ip', 'lvs']);
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

  it('names what of a rule the kernel refused', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await using owner = await Nat.open({ backend: 'nftables', own: true });
    await owner.addRedirect({ destination: '10.0.0.1' });
    const error = await errorOf(nat.addRedirect({ destination: '10.0.0.2' }));
    expect(error).toMatchObject({ code: 'EPERM', field: 'table' });
  });

  it('cannot own a table that was made without an owner', async () => {
    await using nat = await Nat.open({ backend: 'nftables' });
    await nat.addRedirect({ destination: '10.0.0.1' });
    const error = await errorOf(Nat.open({ backend: 'nftables', own: true }));
    expect(error.message).toContain('without an owner');
  });
});
