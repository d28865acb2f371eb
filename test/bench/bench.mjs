#!/usr/bin/env node
// @ts-check
// `npm run bench`: measures the library beside plain C and ipvsadm inside real kernels, prints the
// tables and writes docs/benchmarks.md. `npm run bench -- --quick uml-7.2` takes less time and writes nothing there;
// `--rows connections` takes the rows of one file; `npm run bench -- --page` measures nothing and writes the page from what was measured last on each kernel.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { section } from './lib/report.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'build/bench');
const page = path.join(root, 'docs/benchmarks.md');
const defaultKernels = ['uml-7.2', 'uml-6.1', 'host'];
const limitSeconds = 1200;

/** @param {string} kernel */
const fileOf = (kernel) => path.join(folder, `${kernel}.json`);

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? `exit status ${status}`}`);
}

/** @param {string} kernel @param {boolean} quick */
function measure(kernel, quick) {
  console.log(`\n=== ${kernel}`);
  const file = fileOf(kernel);
  const [load = 0] = os.loadavg();
  run(process.execPath, [
    'test/lab/run.mjs',
    ...['--cpu', String(os.availableParallelism() - 1)],
    ...['--kernel', kernel, '--timeout', String(limitSeconds)],
    ...(kernel === 'host' ? [] : ['--memory', '3G']),
    ...[
      '--',
      process.execPath,
      'test/bench/guest.mjs',
      file,
      quick ? '--quick' : '--full',
      values.rows,
    ],
  ]);
  const result = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...result, load }));
  return measured(kernel);
}

/** What was measured on that kernel last. @param {string} kernel */
function measured(kernel) {
  return { kernel, ...JSON.parse(readFileSync(fileOf(kernel), 'utf8')) };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    rows: { type: 'string', default: '' },
  },
});
const kernels = positionals.length > 0 ? positionals : defaultKernels;

mkdirSync(folder, { recursive: true });
run(process.execPath, ['test/lab/prepare.mjs', 'build', 'oracle']);
for (const source of readdirSync(import.meta.dirname).filter((name) => name.endsWith('.c'))) {
  const files = ['-o', `${folder}/${path.parse(source).name}`, `test/bench/${source}`];
  run('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-pthread', ...files]);
}
const sections = kernels
  .filter((kernel) => !values.page || existsSync(fileOf(kernel)))
  .map((kernel) => section(values.page ? measured(kernel) : measure(kernel, values.quick)));
console.log(`\n${sections.join('\n')}`);
if (!values.quick) {
  const introduction = readFileSync(path.join(root, 'test/bench/introduction.md'), 'utf8');
  writeFileSync(page, [introduction, ...sections].join('\n'));
}
