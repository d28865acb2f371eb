// Programs that embed Node.js, and what they allow an addon: not all of Node-API.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    const marks = Array.from({ length: count }, (_, index) => index + 1);
    await Promise.all(marks.map((fwmark) => test.ipvs.addService({ fwmark })));
    const source = `
      import { Ipvs } from 'lvs';
      const ipvs = await Ipvs.open({ netns: '${test.director.name}' });
      const services = await ipvs.listServices();
      const marks = services.map(({ fwmark }) => fwmark).sort((a, b) => a - b);
      console.log(marks.length, marks.every((mark, index) => mark === index + 1));
      await ipvs.close();`;
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
