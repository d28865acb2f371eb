// Programs that embed Node.js, and what they allow an addon: not all of Node-API.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rtnl } from '../../src/route/index.js';
import { useDirector } from '../kernel/ipvs/support.js';
import { outputOf } from './support/program.js';

const test = useDirector();
const folder = mkdtempSync(path.join(tmpdir(), 'lvs-audit-'));
const audit = path.join(folder, 'audit.so');

beforeAll(() => {
  const source = path.join(import.meta.dirname, 'support/audit.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', audit, source]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a program says to whose addon that function fails. */
function refusing(name: string, source: string): Promise<string> {
  return outputOf(source, { before: ['env', `LD_AUDIT=${audit}`, `LVS_REFUSED=${name}`] });
}

describe('where Node-API refuses', () => {
  it('memory from outside, large results are copied', async () => {
    const count = 8000;
    const netns = test.director.name;
    await using route = await Rtnl.open({ netns });
    const numbers = Array.from({ length: count }, (_, index) => index);
    const destinations = numbers.map((number) => `10.7.${number >> 8}.${number & 255}/32`);
    await Promise.all(
      destinations.map((destination) => route.addRoute({ destination, device: 'lo' })),
    );
    const source = `
      import { Rtnl } from 'lvs/route';
      const route = await Rtnl.open({ netns: '${netns}' });
      const routes = await route.listRoutes();
      const destinations = new Set(routes.map(({ destination }) => destination));
      let found = 0;
      for (let i = 0; i < ${count}; i++) {
        if (destinations.has('10.7.' + (i >> 8) + '.' + (i & 255) + '/32')) found++;
      }
      console.log(found, routes.every(({ device }) => device === 'lo'));
      await route.close();`;
    expect(await refusing('napi_create_external_arraybuffer', source)).toBe(`${count} true`);
  });

  it.each([
    ['napi_wrap', 'TypeError: the handle could not be made'],
    ['napi_type_tag_object', 'TypeError: the handle could not be made'],
    ['napi_create_threadsafe_function', 'ENOMEM'],
  ])('%s, there is no handle, and the program goes on', async (name, said) => {
    const source = `
      import { Ipvs } from 'lvs';
      const errors = [];
      for (let i = 0; i < 3; i++) errors.push(await Ipvs.open().catch((error) => String(error)));
      console.log(new Set(errors).size, errors[0]);`;
    const output = await refusing(name, source);
    expect(output).toMatch(/^1 /);
    expect(output).toContain(said);
  });
});
