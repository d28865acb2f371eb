import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { has, needing } from '../lacks.js';
import { codeOf } from './errors.js';

const dist = path.resolve(import.meta.dirname, '../../../dist');

/** What is tried without a capability, in a program of its own. */
const attempts = {
  legacy: `(await import(dist + '/nat/index.js')).Nat.open({ backend: 'legacy' })`,
  auto: `(await import(dist + '/nat/index.js')).Nat.open()`,
  table: `(await (await import(dist + '/xtables/index.js')).Xtables.open()).load('nat')`,
};

/** How an attempt without a capability ended. */
function without(
  capability: string,
  attempt: keyof typeof attempts,
): { code: string; message: string } {
  const program = `
    const dist = process.argv[1];
    const how = await (async () => ${attempts[attempt]})().then(() => ({}), (error) => error);
    console.log(JSON.stringify({ code: how.code, message: how.message }));
    process.exit();
  `;
  const command = ['-c', `exec node --input-type=module --eval "$0" "$1"`, program, dist];
  const text = execFileSync('capsh', [`--drop=${capability}`, '--', ...command], {
    encoding: 'utf8',
  });
  return JSON.parse(text);
}

describe('the choice', () => {
  needing('nat', () => {
    // Nobody has used a backend in a namespace that is new.
    const netns = `nat-choice-${process.pid}`;
    beforeAll(() => void execFileSync('ip', ['netns', 'add', netns]));
    afterAll(() => void execFileSync('ip', ['netns', 'delete', netns]));

    it('is made by itself, with a reason', async () => {
      await using nat = await Nat.open({ netns });
      const backend = has('nftables') ? 'iptables-nft' : 'legacy';
      expect(nat.backend).toBe(backend);
      expect(nat.reason).toMatch(has('nftables') ? /nf_tables/ : /legacy/);
      expect(nat.warnings).toEqual([]);
    });
  });

  needing('nftables', () => {
    it.each(['iptables-nft', 'nftables'] as const)('can be %s', async (backend) => {
      await using nat = await Nat.open({ backend });
      expect(nat.backend).toBe(backend);
    });
  });

  needing('ip_tables', () => {
    it('can be legacy', async () => {
      await using nat = await Nat.open({ backend: 'legacy' });
      expect(nat.backend).toBe('legacy');
    });
  });
});

describe('what is refused', () => {
  const lacks = (capability: string, attempt: keyof typeof attempts): void => {
    expect(without(capability.toLowerCase(), attempt)).toMatchObject({
      code: 'EPERM',
      message: expect.stringContaining(capability),
    });
  };

  it('for want of a capability names it', { timeout: 240_000 }, () => {
    lacks('CAP_NET_RAW', 'legacy');
    lacks('CAP_NET_RAW', 'table');
    lacks('CAP_NET_ADMIN', 'auto');
    // Where the kernel has no tables, that is what it says.
    if (has('ip_tables')) lacks('CAP_NET_ADMIN', 'table');
  });

  it('is a namespace that is not there', async () => {
    expect(await codeOf(Nat.open({ netns: 'nowhere' }))).toBe('ENOENT');
  });

  needing('nat', () => {
    it('is a closed handle', async () => {
      const nat = await Nat.open();
      await nat.close();
      expect(await codeOf(nat.listRules())).toBe('ERR_LVS_CLOSED');
    });
  });

  it('are options that make no sense', async () => {
    expect(await codeOf(Nat.open({ backend: 'ipfw' as 'legacy' }))).toBe('ERR_INVALID_ARG_VALUE');
    expect(await codeOf(Nat.open({ lockTimeout: -1 }))).toBe('ERR_OUT_OF_RANGE');
  });
});
