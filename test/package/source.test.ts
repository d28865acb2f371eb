import { cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, inject, it } from 'vitest';
import { attempt, run } from './support/commands.js';
import { project } from './support/places.js';

const { folder, consumer } = inject('places');
const builder = path.join(folder, 'builder');
const built = path.join(builder, 'node_modules/lvs/build/Release/lvs.node');
const build = ['--prefix', 'node_modules/lvs', 'run', 'build:native'];
// Optimising takes half of the time, and is not what is tested.
const env = { CXXFLAGS: '-O0' };

it('the sources of the package build, and their result is what is loaded', () => {
  cpSync(consumer, builder, { recursive: true });
  rmSync(path.join(builder, 'node_modules/lvs/prebuilds'), { recursive: true });

  const headless = attempt('npm', build, { cwd: builder, env });
  expect(headless.errors).toContain('npm install --no-save node-addon-api@8');
  expect(headless.status).not.toBe(0);
  expect(existsSync(built)).toBe(false);

  const headers = 'node_modules/node-addon-api';
  symlinkSync(path.join(project, headers), path.join(builder, headers));
  run('npm', build, { cwd: builder, env });
  const load = "import('lvs/route').then(async ({ Rtnl }) => (await Rtnl.open()).close())";
  run(process.execPath, ['--eval', load], { cwd: builder });
  expect(existsSync(built)).toBe(true);
}, 400_000);
