import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { attempt } from './support/commands.js';
import { nodes, programOf } from './support/runtimes.js';

const { consumer, installed } = inject('places');

const manifest = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
  exports: Record<string, string | object>;
};
const entries = Object.entries(manifest.exports).flatMap(([entry, target]) =>
  typeof target === 'string' ? [] : entry.replace('.', 'lvs'),
);
/** What a program does there, told in its output. */
const program = `
  Object.defineProperty(process, 'platform', { value: 'PLATFORM' });
  for (const entry of ${JSON.stringify(entries)}) await import(entry);
  const { Ipvs } = await import('lvs');
  const { Rtnl } = await import('lvs/route');
  const { Nat } = await import('lvs/nat');
  for (const handle of [Ipvs, Rtnl, Nat]) {
    await handle.open().catch(({ name, code, message }) => console.log(name, code, message));
  }
`;

it.each(['darwin', 'win32', 'freebsd'])(
  'on %s everything can be imported, and no handle opens',
  (platform) => {
    for (const runtime of nodes) {
      const script = ['--input-type=module', '--eval', program.replace('PLATFORM', platform)];
      const { output, errors, status } = attempt(programOf(runtime), script, { cwd: consumer });
      const sentence = `LoadError ERR_LVS_ADDON lvs drives the Linux kernel's load balancer, and this is ${platform}: `;
      const lines = output.trimEnd().split('\n');
      expect({ errors, status, handles: lines.length }).toEqual({
        errors: '',
        status: 0,
        handles: 3,
      });
      for (const line of lines) expect(line.startsWith(sentence), line).toBe(true);
    }
  },
);
