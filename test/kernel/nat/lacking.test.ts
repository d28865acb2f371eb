import { afterEach, beforeAll, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { needing } from '../lacks.js';
import { withoutModules } from '../modules.js';
import { codeOf, errorOf } from './errors.js';
import { Iptables } from './iptables.js';

needing('ip_tables', () => {
  const iptables = new Iptables('legacy');

  beforeAll(async () => {
    // Loads all that these tests don't take away.
    await using nat = await Nat.open({ backend: 'legacy' });
    await nat.addRedirect({ destination: '10.0.0.1', comment: 'a vip' });
    iptables.run('-F');
  });
  afterEach(() => void iptables.run('-F'));

  it('a match that the kernel lacks rejects the rules that need it, and no others', async () => {
    await using nat = await Nat.open({ backend: 'legacy' });
    const lacking = { destination: '10.0.0.2', comment: 'a vip' };
    await withoutModules(['xt_comment'], async () => {
      const calls = [{ destination: '10.0.0.1' }, lacking, { destination: '10.0.0.3' }];
      const settled = await Promise.allSettled(calls.map((rule) => nat.addRedirect(rule)));
      expect(settled).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'ENOENT' } },
        { status: 'fulfilled' },
      ]);
      expect(iptables.rules()).toEqual([
        '-A PREROUTING -d 10.0.0.1/32 -j REDIRECT',
        '-A PREROUTING -d 10.0.0.3/32 -j REDIRECT',
      ]);
      expect(await codeOf(nat.validateRedirect(lacking))).toBe('ENOENT');
    });
  });

  it('tables that the kernel has no longer are an error, or loaded again where they can be', async () => {
    await using nat = await Nat.open({ backend: 'legacy' });
    const rule = { destination: '10.0.0.1' };
    await withoutModules(['iptable_nat'], async () => {
      const error = await errorOf(nat.addRedirect(rule));
      // Where no other table needs it, ip_tables goes as well.
      expect(error).toMatchObject({ code: expect.stringMatching(/^(ENOENT|ENOPROTOOPT)$/) });
      expect(error.message).toContain('iptable_nat');
    });
    await nat.addRedirect(rule);
    expect(iptables.rules()).toEqual(['-A PREROUTING -d 10.0.0.1/32 -j REDIRECT']);
  });
});
