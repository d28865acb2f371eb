#!/usr/bin/env node
// @ts-check
// `npm run coverage`: which lines of the TypeScript and of the addon's C++ the tests reach, in one table. The
// addon is built for it in a folder of its own; the lines that no test reaches go to a file. Only some tests:
// `npm run coverage -- test/unit test/kernel/ipvs`.
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { announce, execute, prepareKernelTests, root } from '../prepare.mjs';
import { buildVariant } from '../runner/variant.mjs';
import { runs } from '../runs.mjs';
import { addGcov, addLcov, filesIn } from './lines.mjs';
import { printTable, unreached } from './report.mjs';

const measured = runs.filter(({ name }) => ['unit', 'kernel', 'nftables', 'faults'].includes(name));
// The others run nothing that is counted.
const tests = ['test/unit/', 'test/native/', 'test/kernel/', 'test/faults/'];
const reports = path.join(root, 'coverage');
const limitSeconds = 1500;

/**
 * Runs tests, and adds the lines of the TypeScript that they reached.
 * @param {import('../runs.mjs').Run} run
 * @param {readonly string[]} filters
 * @returns {string[]} what is wrong with it
 */
function measure({ name, kernel }, filters) {
  announce(name);
  const lab = ['test/lab/run.mjs', `--timeout=${limitSeconds}`, '--memory=3G'];
  const variables = Object.keys(environment).map((variable) => `--env=${variable}`);
  const inKernel = [...lab, '--kernel', kernel ?? '', ...variables, '--', process.execPath];
  const vitest = [
    ...['node_modules/vitest/vitest.mjs', 'run', '--config=test/vitest.config.ts'],
    ...[`--project=${name}`, '--passWithNoTests'],
    ...['--coverage', '--coverage.reporter=lcovonly', '--coverage.reportOnFailure'],
    ...[`--coverage.reportsDirectory=${path.join(reports, name)}`, ...filters],
  ];
  const status = execute(process.execPath, kernel === null ? vitest : [...inKernel, ...vitest], {
    seconds: limitSeconds + 60,
    env: environment,
  });
  const report = path.join(reports, name, 'lcov.info');
  const isThere = existsSync(report);
  if (isThere) addLcov(report, lines);
  return [
    ...(status === 0 ? [] : [`${name}: tests failed (${status})`]),
    ...(isThere ? [] : [`${name}: no report; what it reaches is not counted`]),
  ];
}

const kernels = measured.flatMap(({ kernel }) => kernel ?? []).filter((name) => name !== 'host');
prepareKernelTests(kernels);
const variant = buildVariant('coverage', ['--coverage=1']);
const build = path.join(variant, 'build');
const programs = path.join(variant, 'programs');
for (const notes of filesIn(build, '.gcno')) {
  const counters = notes.replace(/gcno$/, 'gcda');
  writeFileSync(counters, '');
  // Tests change their user.
  chmodSync(counters, 0o666);
}
for (const folder of [programs, reports]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}
const environment = {
  LVS_ADDON_PATH: path.join(build, 'Release/lvs.node'),
  LVS_COVERAGE: programs,
};

const named = process.argv.slice(2);
/** @type {import('./lines.mjs').Lines} */
const lines = new Map();
const problems = measured.flatMap((run) => measure(run, named.length > 0 ? named : tests));
for (const counters of filesIn(build, '.gcda')) if (statSync(counters).size === 0) rmSync(counters);
for (const folder of [build, programs]) addGcov(folder, lines);
writeFileSync(path.join(reports, 'unreached.txt'), `${unreached(lines).join('\n')}\n`);
printTable(lines);
console.log('lines that no test reaches: coverage/unreached.txt');
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
