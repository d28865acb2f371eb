import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, inject, it } from 'vitest';
import { readDocuments } from '../unit/docs/markdown.js';
import { attempt } from './support/commands.js';
import { project } from './support/places.js';
import { containerRoot } from './support/root.js';
import { nodes, programOf } from './support/runtimes.js';

const { consumer } = inject('places');

/** Runs a command in the lab, on a kernel that has IPVS. */
function inLab(...command: string[]): ReturnType<typeof attempt> {
  const lab = [path.join(project, 'test/lab/run.mjs'), '--quiet', '--timeout=150'];
  const args = [...lab, '--kernel', 'uml-6.1', '--', ...command];
  return attempt(process.execPath, args, { cwd: consumer });
}

it.each(nodes)('the demo runs with the installed package on $name', (runtime) => {
  const story = path.join(consumer, 'demo');
  cpSync(path.join(project, 'build/examples/demo'), story, { recursive: true });
  writeFileSync(path.join(story, 'package.json'), '{ "type": "module" }\n');
  const { output, status } = inLab(programOf(runtime), 'demo/main.js');
  expect(output).toMatch(/^All \d+ statements hold\./m);
  expect(status).toBe(0);
});

it('the example of the README runs where there is nothing but Node.js and the package', () => {
  const blocks = readDocuments().find(({ file }) => file === 'README.md')?.blocks ?? [];
  const example = blocks.find(({ language }) => language === 'ts');
  const printed = blocks.find(({ text }) => text.startsWith('-A -t'));
  writeFileSync(path.join(consumer, 'example.mjs'), example?.text ?? '');
  const node = programOf(nodes.at(-1) ?? expect.fail('no Node.js'));
  // What ipvsadm prints afterwards comes from outside: in there is no ipvsadm.
  const script = `
    mount --bind "$1" "$2/app"
    mount --bind "$3" "$2/usr/local/bin/node"
    mount -t proc proc "$2/proc"
    chroot "$2" /bin/sh -c 'cd /app && exec node example.mjs' && ipvsadm -Sn`;
  expect(inLab('sh', '-ec', script, 'sh', consumer, containerRoot, node)).toEqual({
    output: `10.0.0.30:80 dr 0 active\n10.0.0.20:80 dr 0 active\n${printed?.text}\n`,
    errors: '',
    status: 0,
  });
});
