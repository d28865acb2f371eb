import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { createNetns, listNetns, removeNetns } from '../../../src/netns/index.js';
import { needing } from '../lacks.js';

const story = path.resolve(import.meta.dirname, '../../../build/examples/demo/main.js');

/** Runs the demo as it was built, with its output in a pipe. */
function run(environment: NodeJS.ProcessEnv): { status: number | null; output: string } {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const env = { ...inherited, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [story], {
    encoding: 'utf8',
    env,
  });
  return { status, output: stdout + stderr };
}

afterEach(async () => {
  for (const name of await listNetns()) await removeNetns(name);
});

needing('nat', () => {
  describe('the demo', () => {
    it('tells all that happens without any escape code into a pipe, and cleans up', async () => {
      const { status, output } = run({});
      expect(output).toMatch(/^All \d+ statements hold\./m);
      expect(output).toContain('9. Everything is removed');
      expect(output).toContain('10.0.0.1:80 → 10.0.0.20:80  ESTABLISHED, ');
      expect(output).toContain('vm2: by dr, in frames to 02:00:00:00:00:20; 2 of 2 accepted');
      expect(output).not.toContain('\u001b');
      expect(status).toBe(0);
      expect(await listNetns()).toEqual([]);
    });

    it('is in colour where that is asked for, and ends with 1 where something differs', async () => {
      await createNetns('vm2');
      const { status, output } = run({ FORCE_COLOR: '1' });
      expect(output).toContain('\u001b[');
      expect(output).toContain('create namespace vm2: EEXIST');
      expect(output).toContain('1 of 1 statements did not hold.');
      expect(status).toBe(1);
      expect(await listNetns()).toEqual(['vm2']);
    });
  });
});
