import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Nat } from '../../../src/nat/index.js';
import { Xtables } from '../../../src/xtables/index.js';
import { filesOpened } from '../../faults/support/traced.js';
import { needing } from '../lacks.js';
import { errorOf } from './errors.js';
import { Iptables } from './iptables.js';
import { killedSuite } from './killed-suite.js';

const iptables = new Iptables('legacy');
const children: ChildProcess[] = [];

/** Another program that holds the lock of iptables. */
async function holdLock(): Promise<ChildProcess> {
  const holder = spawn('flock', ['/run/xtables.lock', 'sh', '-c', 'echo held; sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(holder);
  await once(holder.stdout, 'data');
  return holder;
}

function kill(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, 'SIGKILL');
  }
}

needing('ip_tables', () => {
  afterEach(() => {
    for (const child of children.splice(0)) kill(child);
    iptables.run('-F');
  });

  describe('the xtables lock', () => {
    it('held by another is waited for so long, and is then an error that says so', async () => {
      await using nat = await Nat.open({ backend: 'legacy', lockTimeout: 200 });
      await using xtables = await Xtables.open({ lockTimeout: 200 });
      const table = await xtables.load('nat');
      table.appendRule('OUTPUT', { target: { kind: 'accept' } });
      await holdLock();
      for (const call of [
        () => nat.addRedirect({ destination: '10.0.0.1' }),
        () => table.commit(),
      ]) {
        const error = await errorOf(call());
        expect(error).toMatchObject({ code: 'EAGAIN', syscall: 'flock' });
        expect(error.message).toContain('held the xtables lock for 200 ms');
      }
      expect(iptables.save().filter((line) => line.startsWith('-A'))).toEqual([]);
    });

    it('is made for root alone, and never through a symbolic link', async () => {
      await using nat = await Nat.open({ backend: 'legacy' });
      const [lock, target] = ['/run/xtables.lock', '/run/somewhere-else'];
      rmSync(lock, { force: true });
      await nat.addRedirect({ destination: '10.0.0.1' });
      expect(statSync(lock).mode & 0o777).toBe(0o600);
      rmSync(lock);
      symlinkSync(target, lock);
      const error = await errorOf(nat.addRedirect({ destination: '10.0.0.2' }));
      rmSync(lock);
      expect(error).toMatchObject({ code: 'ELOOP' });
      expect(error.message).toContain('a symbolic link lies in the place of the xtables lock');
      expect(existsSync(target)).toBe(false);
      expect(await nat.listRules()).toHaveLength(1);
    });

    it('is all that a change opens, beside the namespace and which tables are in use', async () => {
      const preparation = `
        import { Nat } from 'lvs/nat';
        const netns = '/proc/self/ns/net';
        const nat = await Nat.open({ netns, backend: 'legacy' });
        await nat.addRedirect({ destination: '10.0.0.1' });
        await nat.close();`;
      const action = `
        const other = await Nat.open({ netns, backend: 'legacy' });
        await other.addRedirect({ destination: '10.0.0.2' });
        await other.listRules();
        await other.close();`;
      expect(await filesOpened(preparation, action)).toEqual([
        '/proc/self/ns/net',
        '/proc/thread-self/net/ip6_tables_names',
        '/proc/thread-self/net/ip_tables_names',
        '/run/xtables.lock',
      ]);
      expect(iptables.save().filter((line) => line.startsWith('-A'))).toHaveLength(2);
    });

    it('does not hold up the program while it is waited for, nor readers', async () => {
      await using nat = await Nat.open({ backend: 'legacy', lockTimeout: 60_000 });
      await nat.addRedirect({ destination: '10.0.0.9' });
      await using reader = await Nat.open({ backend: 'legacy' });
      const holder = await holdLock();
      const added = nat.addRedirect({ destination: '10.0.0.1' });
      let waiting = true;
      const settle = (): void => {
        waiting = false;
      };
      added.then(settle, settle);
      for (let turn = 0; turn < 10; turn++) await delay(10);
      expect(waiting).toBe(true);
      expect(await reader.listRules()).toHaveLength(1);
      kill(holder);
      await added;
      expect(await reader.listRules()).toHaveLength(2);
    });

    killedSuite('legacy');
  });
});
