#!/usr/bin/env node
// @ts-check
// `npm test`: makes the machine ready, builds, runs every test on its kernel, then all checks. The last line
// counts tests. Needs nothing but Node. `npm test -- unit check` runs only the named ones.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  announce,
  dependencies,
  examplesBuild,
  execute,
  machine,
  nativeBuild,
  prepare,
  root,
  typescriptBuild,
} from './prepare.mjs';
import { runs } from './runs.mjs';

/**
 * @typedef {object} Outcome
 * @property {string} name
 * @property {string} kernel
 * @property {number} passed
 * @property {number} failed
 * @property {string} problem what is wrong beside failed tests; empty when nothing is
 * @property {number} seconds
 */

const CHECK = 'check';
/** For all tests of one run inside a kernel. */
const KERNEL_LIMIT_SECONDS = 1200;

const results = path.join(root, 'build', 'test-results');

const preparation = [
  machine(['build', 'lint', 'base', 'kernel', 'oracle']),
  dependencies,
  // Warnings are errors here only: a user's newer compiler may know more of them.
  nativeBuild(['--werror=1']),
  typescriptBuild,
  examplesBuild,
];

/**
 * The totals in vitest's JSON report; all zero when it never got so far as to write one.
 * @param {string} file
 */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: Number(report.numPassedTests),
      failed: Number(report.numFailedTests),
      skipped: Number(report.numPendingTests) + Number(report.numTodoTests),
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/** @param {string} file */
function readRelease(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'did not start';
  }
}

/**
 * @param {{ passed: number, failed: number, skipped: number }} report
 * @param {string | number} status
 */
function judge(report, status) {
  if (report.skipped > 0) return `${report.skipped} skipped`;
  if (report.passed + report.failed === 0) return `ran no test (exit status: ${status})`;
  if (status !== 0 && report.failed === 0) return `exit status: ${status}`;
  return '';
}

/**
 * @param {import('./runs.mjs').Run} run
 * @returns {Outcome}
 */
function runTests({ name, kernel }) {
  announce(`${name} tests on ${kernel === null ? "this machine's kernel" : `kernel ${kernel}`}`);
  const reportFile = path.join(results, `${name}.json`);
  const releaseFile = path.join(results, `${name}.kernel`);
  for (const file of [reportFile, releaseFile]) rmSync(file, { force: true });
  mkdirSync(results, { recursive: true });

  const lab =
    kernel === null
      ? []
      : [
          process.execPath,
          'test/lab/run.mjs',
          `--timeout=${KERNEL_LIMIT_SECONDS}`,
          '--kernel',
          kernel,
          '--',
        ];
  const vitest = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run'];
  const options = [
    '--config=test/vitest.config.ts',
    `--project=${name}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
  ];
  // The kernel itself says which one it is.
  const wrapper = ['sh', '-c', 'uname -r >"$1" && shift && exec "$@"', 'sh', releaseFile];
  const [command = '', ...args] = [...lab, ...wrapper, ...vitest, ...options];

  const start = performance.now();
  const status = execute(command, args);
  const report = readReport(reportFile);
  return {
    name,
    kernel: `${kernel ?? 'host'} (${readRelease(releaseFile)})`,
    passed: report.passed,
    failed: report.failed,
    problem: judge(report, status),
    seconds: (performance.now() - start) / 1000,
  };
}

/** @returns {Outcome} */
function runChecks() {
  announce('checks');
  const start = performance.now();
  const status = execute('npm', ['run', CHECK]);
  return {
    name: CHECK,
    kernel: '',
    passed: 0,
    failed: 0,
    problem: status === 0 ? '' : `exit status: ${status}`,
    seconds: (performance.now() - start) / 1000,
  };
}

/** @param {Outcome[]} outcomes */
function printTable(outcomes) {
  const rows = outcomes.map((outcome) => [
    outcome.name,
    outcome.kernel,
    outcome.name === CHECK ? '' : `${outcome.passed} passed, ${outcome.failed} failed`,
    `${outcome.seconds.toFixed(1)} s`,
    outcome.problem === '' && outcome.failed === 0 ? 'ok' : `FAILED ${outcome.problem}`.trimEnd(),
  ]);
  announce('results');
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/**
 * A run that went wrong without a failed test counts as one, so that "0 failed" means all is well.
 * @param {Outcome} outcome
 */
function failures({ failed, problem }) {
  return failed === 0 && problem !== '' ? 1 : failed;
}

const known = [...runs.map((run) => run.name), CHECK];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(' ')}\nusage: npm test [-- ${known.join(' | ')} …]`);
  process.exit(2);
}

/** @type {Outcome[]} */
const outcomes = [];
const start = performance.now();
const problem = prepare(preparation);
if (problem === undefined) {
  for (const run of runs) if (wanted.includes(run.name)) outcomes.push(runTests(run));
  if (wanted.includes(CHECK)) outcomes.push(runChecks());
} else {
  const seconds = (performance.now() - start) / 1000;
  outcomes.push({ name: 'preparation', kernel: '', passed: 0, failed: 0, problem, seconds });
}

printTable(outcomes);
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + failures(outcome), 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
