import { cpSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { attempt, run } from './support/commands.js';
import { bun, deno, nodes, programOf } from './support/runtimes.js';

const { consumer } = inject('places');
cpSync(path.join(import.meta.dirname, 'programs'), consumer, { recursive: true });

const used = { loopback: '127.0.0.1/8', ipvs: 'function' };
const permission = (name: string): string =>
  name === 'Node.js 20' ? '--experimental-permission' : '--permission';
const opening = [
  '--input-type=module',
  '--eval',
  "(await import('lvs/route')).Rtnl.open().catch((error) => console.log(error.code, error.message))",
];

describe.each([...nodes, deno])('$name', (runtime) => {
  const program = programOf(runtime);

  it('imports the installed package and makes a request of the kernel', () => {
    const output = run(program, [...runtime.args, 'module.mjs'], { cwd: consumer });
    expect(JSON.parse(output)).toEqual(used);
  });

  it('requires it', () => {
    const output = run(program, [...runtime.args, 'common.cjs'], { cwd: consumer });
    expect(JSON.parse(output)).toEqual(used);
  });
});

describe.each(nodes)('$name', ({ name, ...runtime }) => {
  const program = programOf({ name, ...runtime });
  const open = (...flags: string[]) => attempt(program, [...flags, ...opening], { cwd: consumer });

  it('says that addons are switched off', () => {
    const { output, status } = open('--no-addons');
    expect(output).toMatch(/^ERR_LVS_ADDON this process may not load .* without --no-addons/);
    expect(status).toBe(0);
  });

  it('says what the permission model keeps it from, and works when it is allowed', () => {
    const model = [permission(name), `--allow-fs-read=${consumer}/*`];
    expect(open(...model).output).toMatch(/^ERR_LVS_ADDON .*permission model.* --allow-addons/);
    expect(open(...model, '--allow-addons')).toMatchObject({ output: '', status: 0 });
  });
});

it('Bun imports the package, and is told why no handle opens there', () => {
  const args = ['--eval', opening[2] ?? ''];
  const { output, status } = attempt(programOf(bun), args, { cwd: consumer });
  expect(output).toMatch(/^ERR_LVS_ADDON .*Bun.*uv_thread_create.*Node\.js/);
  expect(status).toBe(0);
});
