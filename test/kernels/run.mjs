#!/usr/bin/env node
// @ts-check
// `npm run test:kernels`: the whole suite of kernel tests on every kernel of the lab, or on those that are named.
// Prints a table of what ran where and what each kernel lacks; the last line counts tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { announce, prepareKernelTests, root } from '../prepare.mjs';

/** Which projects of vitest's run on which kernel. User-Mode Linux lacks what the last two are about. */
const projects = {
  'uml-6.1': ['kernel'],
  'uml-6.12': ['kernel'],
  'uml-7.2': ['kernel'],
  'stock-6.1': ['kernel', 'nftables', 'stock'],
  'stock-7.2': ['kernel', 'nftables', 'stock'],
};

/** Programs run twenty times slower on the stock kernels, which are emulated. */
const limitSeconds = { uml: 1800, stock: 7200 };
const testTimeouts = { uml: 90_000, stock: 900_000 };

const results = path.join(root, 'build', 'test-results');

/**
 * @typedef {object} Outcome
 * @property {string} kernel
 * @property {string} release
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} lacks
 * @property {number} seconds
 */

/**
 * @param {keyof typeof projects} kernel
 * @returns {Outcome}
 */
function runOn(kernel) {
  announce(kernel);
  const kind = kernel.startsWith('stock') ? 'stock' : 'uml';
  const report = path.join(results, `kernels-${kernel}.json`);
  const release = path.join(results, `kernels-${kernel}.release`);
  for (const file of [report, release]) rmSync(file, { force: true });
  const vitest = [
    ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
    ...['--config=test/vitest.config.ts', ...projects[kernel].map((name) => `--project=${name}`)],
    ...[`--testTimeout=${testTimeouts[kind]}`, `--hookTimeout=${testTimeouts[kind]}`],
    // Where programs are slow, a process for each file takes longer to start than most files take.
    ...(kind === 'stock' ? ['--no-isolate'] : []),
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ];
  const lab = ['test/lab/run.mjs', '--kernel', kernel, `--timeout=${limitSeconds[kind]}`, '--'];
  const wrapper = ['sh', '-c', 'uname -r >"$1" && shift && exec "$@"', 'sh', release];
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [...lab, ...wrapper, ...vitest], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const { passed, failed, lacks } = readReport(report);
  return {
    kernel,
    release: readOr(release, 'did not start'),
    passed,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    lacks,
    seconds: (performance.now() - start) / 1000,
  };
}

/** @param {string} file */
function readReport(file) {
  const report = JSON.parse(readOr(file, '{"testResults":[]}'));
  /** @type {{ title: string, status: string }[]} */
  const tests = report.testResults.flatMap(
    (/** @type {any} */ { assertionResults }) => assertionResults,
  );
  const missing = tests.flatMap(
    ({ title }) => /^is refused for want of (.+)$/.exec(title)?.[1] ?? [],
  );
  const passed = tests.filter(({ status }) => status === 'passed').length;
  // A test that did not run has not passed.
  return { passed, failed: tests.length - passed, lacks: [...new Set(missing)].sort() };
}

/**
 * @param {string} file
 * @param {string} otherwise
 */
function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return otherwise;
  }
}

/** @param {readonly Outcome[]} outcomes */
function printTable(outcomes) {
  console.log('\n| kernel | release | tests passed | failed | lacks | minutes |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { kernel, release, passed, failed, lacks, seconds } of outcomes) {
    const cells = [
      kernel,
      release,
      passed,
      failed,
      lacks.join(', ') || '—',
      (seconds / 60).toFixed(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

const known = /** @type {(keyof typeof projects)[]} */ (Object.keys(projects));
const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !known.some((kernel) => kernel === name));
if (unknown.length > 0) {
  console.error(
    `unknown: ${unknown.join(' ')}\nusage: npm run test:kernels [-- ${known.join(' | ')} …]`,
  );
  process.exit(2);
}
const wanted = known.filter((name) => positionals.length === 0 || positionals.includes(name));

mkdirSync(results, { recursive: true });
prepareKernelTests(['kernel', ...wanted]);
const outcomes = wanted.map(runOn);
printTable(outcomes);
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
