// What the lab's kernels are without. A test that needs such a part says so; where it is missing, another one runs in
// its place and sees the library say what is missing.
import { expect, it } from 'vitest';
import { Nat } from '../../src/nat/index.js';
import { Xtables } from '../../src/xtables/index.js';

/**
 * A part of the kernel that not every kernel has: the legacy tables, nf_tables for `ip`, either; tables of
 * nf_tables that outlive their owner (6.9).
 */
export type Part = 'ip_tables' | 'nftables' | 'nat' | 'lasting tables';

const lacking: { readonly [kernel in string]?: readonly Part[] } = {
  'uml-6.1': ['nftables'],
  'uml-6.12': ['nftables'],
  'uml-7.2': ['ip_tables', 'nftables', 'nat'],
  'stock-6.1': ['lasting tables'],
  'stock-7.2': [],
  host: [],
};

/** What the library says of each part that is not there. */
const refusals: { readonly [part in Part]: () => Promise<void> } = {
  async ip_tables() {
    await expect(Nat.open({ backend: 'legacy' })).rejects.toMatchObject({
      code: 'ENOPROTOOPT',
      message: expect.stringContaining('this kernel has no legacy x_tables with nat and REDIRECT'),
    });
    await using xtables = await Xtables.open();
    await expect(xtables.load('filter')).rejects.toMatchObject({
      code: 'ENOPROTOOPT',
      message: expect.stringContaining('this kernel has no legacy x_tables'),
    });
  },
  async nftables() {
    for (const backend of ['iptables-nft', 'nftables'] as const) {
      const opened = Nat.open({ backend });
      await expect(opened).rejects.toMatchObject({
        operation: 'open nat',
        object: `backend '${backend}'`,
        message: expect.stringContaining('nf_tables with the ip family'),
      });
    }
  },
  async nat() {
    await expect(Nat.open()).rejects.toMatchObject({
      code: 'ENOTSUP',
      message: expect.stringMatching(/no backend works here .*nf_tables.*legacy x_tables/),
    });
  },
  async 'lasting tables'() {
    await expect(Nat.open({ backend: 'nftables', own: true })).rejects.toMatchObject({
      code: 'ENOTSUP',
      message: expect.stringContaining('this kernel is older than 6.9'),
    });
  },
};

export function has(part: Part): boolean {
  const missing = lacking[process.env['LVS_LAB_KERNEL'] ?? ''];
  if (missing === undefined) throw new Error('test/kernel/lacks.ts does not know this kernel');
  return !missing.includes(part);
}

/** Tests that need a part of the kernel, or one that sees the library refuse for want of it. */
export function needing(part: Part, tests: () => void): void {
  if (has(part)) tests();
  else it(`is refused for want of ${part}`, refusals[part]);
}
