import { expect, it } from 'vitest';
import type { Backend } from '../../../src/nat/index.js';
import { systemCallsOf } from '../system-calls.js';

/** Rules of one tick are one transaction, which is one message to nf_tables. */
export function transactionSuite(backend: Exclude<Backend, 'legacy'>): void {
  const sendsFor = (count: number): number => {
    const { sends } = systemCallsOf(`
      const { Nat } = await import(dist + '/nat/index.js');
      const nat = await Nat.open({ backend: '${backend}' });
      const rules = Array.from({ length: ${count} }, (_, i) => ({ destination: '10.8.' + (i >> 8) + '.' + (i & 255) }));
      await Promise.all(rules.map((rule) => nat.addRedirect(rule)));
      const twins = await Promise.allSettled(rules.map((rule) => nat.addRedirect(rule)));
      if (!twins.every(({ reason }) => reason?.code === 'EEXIST')) throw new Error('no twins');
      await Promise.all(rules.map((rule) => nat.removeRedirect(rule)));
      await nat.close();`);
    return sends;
  };

  it('sends a thousand rules in as many messages as one', () => {
    const one = sendsFor(1);
    expect(one).toBeGreaterThan(3);
    expect(sendsFor(1000)).toBe(one);
  });
}
