import { describe, expect, it } from 'vitest';
import type { Sight } from '../../../src/nat/choose.js';
import { chooseBackend, warningsFor } from '../../../src/nat/choose.js';
import { explainNoBackend } from '../../../src/nat/explain.js';
import type { Backend } from '../../../src/nat/index.js';
import { Failure } from '../../../src/native/index.js';

const untouched: Sight = { legacyInUse: false, iptablesNftInUse: false };
const enoent = new Failure(-2, 0, {});

/** A kernel that has only these. */
function kernelWith(...backends: Backend[]): (backend: Backend) => Promise<Failure | undefined> {
  return (backend) => Promise.resolve(backends.includes(backend) ? undefined : enoent);
}

describe('the backend', () => {
  it.each<[string, Sight, Backend[], Backend]>([
    ['everything', untouched, ['iptables-nft', 'nftables', 'legacy'], 'iptables-nft'],
    ['no nft_compat', untouched, ['nftables', 'legacy'], 'nftables'],
    ['no nf_tables', untouched, ['legacy'], 'legacy'],
    [
      'legacy in use',
      { ...untouched, legacyInUse: true },
      ['iptables-nft', 'nftables', 'legacy'],
      'legacy',
    ],
    [
      'both in use',
      { legacyInUse: true, iptablesNftInUse: true },
      ['iptables-nft', 'nftables', 'legacy'],
      'iptables-nft',
    ],
    ['a broken legacy in use', { ...untouched, legacyInUse: true }, ['nftables'], 'nftables'],
  ])('with %s is the right one', async (_, sight, backends, expected) => {
    expect(await chooseBackend(sight, kernelWith(...backends))).toMatchObject({
      backend: expected,
      reason: expect.stringMatching(/./),
    });
  });

  it('that cannot be had is an error that names what the kernel lacks', async () => {
    const attempts = await chooseBackend(untouched, kernelWith());
    const error = explainNoBackend(Array.isArray(attempts) ? attempts : []);
    expect(error.code).toBe('ENOENT');
    expect(error.message).toMatch(/nft_compat.*nft_redir.*ip_tables/);
  });

  it('that is forbidden names the capability', () => {
    const failure = new Failure(-1, 0, {});
    const error = explainNoBackend([{ backend: 'iptables-nft', failure }]);
    expect(error).toMatchObject({ code: 'EPERM' });
    expect(error.message).toContain('CAP_NET_ADMIN');
  });
});

describe('warnings', () => {
  it('say who else has rules, and who comes first', () => {
    const both = { legacyInUse: true, iptablesNftInUse: true };
    expect(warningsFor('legacy', untouched)).toEqual([]);
    expect(warningsFor('legacy', { ...untouched, legacyInUse: true })).toEqual([]);
    expect(warningsFor('legacy', both)[0]?.message).toMatch(/in nf_tables.*registered last/);
    expect(warningsFor('iptables-nft', both)[0]?.message).toMatch(/legacy nat table/);
    expect(warningsFor('nftables', both)[0]?.message).toMatch(/and .*made here come first/);
  });
});
