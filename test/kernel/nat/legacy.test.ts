import { describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { needing } from '../lacks.js';
import { withoutModules } from '../modules.js';
import { backendSuite } from './backend-suite.js';
import { iptablesSuite } from './suite.js';
import { watchSuite } from './watch-suite.js';

needing('ip_tables', () => {
  describe('legacy, seen by iptables', () => iptablesSuite('legacy', 'legacy'));
  describe('legacy', () => backendSuite('legacy'));
  describe('legacy, watched', () => watchSuite('legacy'));

  it('cannot drop tracked connections that the kernel has no way to tell of', () =>
    withoutModules(['nf_conntrack_netlink'], async () => {
      await using nat = await Nat.open({ backend: 'legacy' });
      await expect(nat.dropConnections({ destination: '10.0.0.1' })).rejects.toMatchObject({
        code: 'EINVAL',
        message: expect.stringContaining('(nf_conntrack_netlink); load that module'),
      });
    }));
});
