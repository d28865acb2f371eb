import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { needing } from '../lacks.js';

needing('ip_tables', () => {
  it('a handle shows its backend, and whether it is open', async () => {
    const nat = await Nat.open({ backend: 'legacy' });
    expect(inspect(nat)).toMatch(/^Nat \{ id: \d+, backend: 'legacy', open: true, inFlight: 0 \}$/);
    await nat.close();
    expect(inspect(nat)).toContain('open: false');
  });
});
