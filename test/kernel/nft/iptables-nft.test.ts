import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { backendSuite } from '../nat/backend-suite.js';
import { errorOf } from '../nat/errors.js';
import { Iptables } from '../nat/iptables.js';
import { killedSuite } from '../nat/killed-suite.js';
import { iptablesSuite } from '../nat/suite.js';
import { transactionSuite } from '../nat/transaction-suite.js';
import { watchSuite } from '../nat/watch-suite.js';

const backend = 'iptables-nft';

describe('iptables-nft, seen by iptables', () => iptablesSuite(backend, 'nft'));

describe('iptables-nft', () => {
  backendSuite(backend);
  watchSuite(backend);
  killedSuite(backend);
  transactionSuite(backend);

  afterEach(() => {
    execFileSync('sh', ['-c', 'nft delete table ip nat; nft delete table ip6 nat; true'], {
      stdio: 'ignore',
    });
  });

  it('takes its own rule away before one of somebody else that is the same', async () => {
    await using nat = await Nat.open({ backend });
    const rule = { destination: '10.0.0.1' };
    await nat.addRedirect(rule);
    new Iptables('nft').run('-I PREROUTING -d 10.0.0.1 -j REDIRECT');
    expect((await nat.listRules()).map(({ own }) => own)).toEqual([false, true]);
    await nat.removeRedirect(rule);
    expect((await nat.listRules()).map(({ own }) => own)).toEqual([false]);
  });

  it('says that a chain is not one of nat, and does the rest of the tick', async () => {
    await using nat = await Nat.open({ backend });
    execFileSync('nft', ['add', 'table', 'ip', 'nat']);
    const chain = '{ type filter hook prerouting priority 0; }';
    execFileSync('nft', ['add', 'chain', 'ip', 'nat', 'PREROUTING', chain]);
    const refused = nat.addRedirect({
      destination: '10.0.0.1',
      protocol: 'tcp',
      destinationPort: 1,
    });
    const [error] = await Promise.all([
      errorOf(refused),
      nat.addRedirect({ destination: '10.0.0.1', chain: 'OUTPUT' }),
    ]);
    expect(error).toMatchObject({ code: 'EINVAL' });
    expect(error.message).toContain('somebody made the chain');
    expect(await errorOf(Nat.open({ backend }))).toMatchObject({ code: 'EINVAL' });
    expect((await nat.listRules()).map(({ text }) => text)).toEqual([
      '-A OUTPUT -d 10.0.0.1/32 -j REDIRECT',
    ]);
  });
});
