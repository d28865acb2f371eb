import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNetns, removeNetns } from '../../../src/netns/index.js';
import { readDocuments } from '../../unit/docs/markdown.js';

// Inside the package, so that it finds `lvs` as an installed program would: through its exports.
const folder = path.resolve(import.meta.dirname, '../../../build/readme');
const netns = 'readme';

function run(...command: string[]): string {
  return execFileSync('ip', ['netns', 'exec', netns, ...command], { encoding: 'utf8' }).trimEnd();
}

beforeEach(async () => {
  await createNetns(netns);
  // Until a device has been up there are no routing tables, without which no address is a unicast one.
  run('ip', 'link', 'set', 'lo', 'up');
  mkdirSync(folder, { recursive: true });
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await removeNetns(netns);
});

it('shows an example that plain Node runs, and what ipvsadm then prints', () => {
  const blocks = readDocuments().find(({ file }) => file === 'README.md')?.blocks ?? [];
  const example = blocks.find(({ language }) => language === 'ts');
  const printed = blocks.find(({ text }) => text.startsWith('-A -t'));
  const file = path.join(folder, 'example.mjs');
  writeFileSync(file, example?.text ?? '');

  expect(run(process.execPath, file)).toBe(
    ['10.0.0.30:80 dr 0 active', '10.0.0.20:80 dr 0 active'].join('\n'),
  );
  expect(run('ipvsadm', '-Sn')).toBe(printed?.text);
  expect(run('ipvsadm', '-Ln', '--thresholds', '-t', '10.0.0.1:80')).toMatch(
    /10\.0\.0\.20:80 +4 +0/,
  );
});
