import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Backend } from '../../../src/nat/index.js';
import { Nat } from '../../../src/nat/index.js';

const module = path.resolve(import.meta.dirname, '../../../dist/nat/index.js');

/** A program that changes rules without a pause, a few in each transaction. */
const endlessWriter = `
  const { Nat } = await import(process.argv[1]);
  const nat = await Nat.open({ backend: process.argv[2] });
  const rules = [1, 2, 3, 4].map((last) => ({ destination: \`10.7.0.\${last}\` }));
  await Promise.all(rules.map((rule) => nat.ensureRedirect(rule)));
  console.log('writing');
  for (;;) {
    await Promise.all(rules.map((rule) => nat.removeRedirect(rule)));
    await Promise.all(rules.map((rule) => nat.addRedirect(rule)));
  }
`;

async function startWriter(backend: Backend): Promise<ChildProcess> {
  const args = ['--input-type=module', '--eval', endlessWriter, module, backend];
  const writer = spawn('node', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(writer.stdout, 'data');
  return writer;
}

/** A program that is killed while it writes: at several moments, whichever those are. */
export function killedSuite(backend: Backend): void {
  it('leaves whole transactions behind, and others free to write, when it is killed', async () => {
    for (const moment of [3, 17, 40]) {
      const writer = await startWriter(backend);
      await delay(moment);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      await using nat = await Nat.open({ backend, lockTimeout: 0 });
      const left = (await nat.listRules()).filter(({ text }) => text.includes('10.7.0.'));
      expect([0, 4]).toContain(left.length);
      expect(left.every(({ complete }) => complete)).toBe(true);
      await nat.ensureRedirect({ destination: '10.7.0.9' });
      await nat.flush();
    }
  });
}
