#!/usr/bin/env node
// @ts-check
// `npm run coverage`: which lines of the TypeScript and of the addon's C++ the tests reach, in one table. The
// addon is built for it in a folder of its own; the lines that no test reaches go to a file. Only some tests:
// `npm run coverage -- test/unit test/kernel/ipvs`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { announce, execute, prepareKernelTests, root } from '../prepare.mjs';
import { buildVariant } from '../runner/variant.mjs';
import { runs } from '../runs.mjs';
import { addGcov, addLcov, filesIn } from './lines.mjs';
import { printTable, unreached } from './report.mjs';

const measured = runs.filter(({ name }) => ['unit', 'kernel', 'nftables'].includes(name));
// The others run nothing that is counted.
const tests = ['test/unit/', 'test/native/worker-threads', 'test/kernel/'];
const reports = path.join(root, 'coverage');
const limitSeconds = 1500;

/**
 * @param {import('../runs.mjs').Run} run
 * @param {string} addon
 * @param {string[]} filters
 */
function measure({ name, kernel }, addon, filters) {
  announce(name);
  const lab = ['test/lab/run.mjs', `--timeout=${limitSeconds}`, '--memory=3G'];
  const inKernel = [...lab, '--kernel', kernel ?? '', '--env', 'LVS_ADDON_PATH', '--'];
  const vitest = [
    ...['node_modules/vitest/vitest.mjs', 'run', '--config=test/vitest.config.ts'],
    // gcov counts at the regular end of a process, which vitest's forks do not have.
    ...[`--project=${name}`, '--pool=threads', '--passWithNoTests'],
    ...['--coverage', '--coverage.reporter=lcovonly', '--coverage.reportOnFailure'],
    ...[`--coverage.reportsDirectory=${path.join(reports, name)}`, ...filters],
  ];
  const args = kernel === null ? vitest : [...inKernel, process.execPath, ...vitest];
  return execute(process.execPath, args, {
    seconds: limitSeconds + 60,
    env: { LVS_ADDON_PATH: addon },
  });
}

const kernels = measured.flatMap(({ kernel }) => kernel ?? []).filter((name) => name !== 'host');
prepareKernelTests(kernels);
const build = path.join(buildVariant('coverage', ['--coverage=1']), 'build');
for (const file of filesIn(build, '.gcda')) rmSync(file);
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);

const named = process.argv.slice(2);
const wanted = named.length > 0 ? named : tests;
/** @type {import('./lines.mjs').Lines} */
const lines = new Map();
const failed = [];
for (const run of measured) {
  const status = measure(run, path.join(build, 'Release/lvs.node'), wanted);
  if (status !== 0) failed.push(`${run.name}: ${status}`);
  addLcov(path.join(reports, run.name, 'lcov.info'), lines);
}
addGcov(build, lines);
writeFileSync(path.join(reports, 'unreached.txt'), `${unreached(lines).join('\n')}\n`);
printTable(lines);
console.log('lines that no test reaches: coverage/unreached.txt');
// Whether tests pass is for `npm test` to say: the few that change the user of their process cannot in a thread.
if (failed.length > 0) console.log(`runs with failed tests: ${failed.join(', ')}`);
