// @ts-check
// What `npm test` can run, each as a job of its own: the vitest projects, the tests that are scripts, the checks.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from '../prepare.mjs';
import { runs, scripts } from '../runs.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {string} problem what is wrong beside failed tests; empty when nothing is
 * @property {string[]} failures the failed tests' names, as far as the job tells them
 */

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {() => string} where the kernel it ran on
 * @property {(status: string, output: string) => Counts} count
 */

const results = path.join(root, 'build', 'test-results');

/** Jobs that take more than a few minutes. */
const LONG = ['kernel', 'newest', 'fuzz'];

/** For all tests of one run inside a kernel. */
const KERNEL_LIMIT_SECONDS = 1200;

/** @returns {Job[]} the long ones first, so that none is left to run alone at the end */
export function allJobs() {
  mkdirSync(results, { recursive: true });
  const jobs = [...runs.map(vitestJob), ...scripts.map(scriptJob), checkJob];
  const isLong = (/** @type {Job} */ { name }) => LONG.includes(name);
  return [...jobs.filter(isLong), ...jobs.filter((job) => !isLong(job))];
}

/**
 * @param {import('../runs.mjs').Run} run
 * @returns {Job}
 */
function vitestJob({ name, kernel }) {
  const report = path.join(results, `${name}.json`);
  const release = path.join(results, `${name}.kernel`);
  for (const file of [report, release]) rmSync(file, { force: true });
  const limit = `--timeout=${KERNEL_LIMIT_SECONDS}`;
  const lab =
    kernel === null ? [] : [process.execPath, 'test/lab/run.mjs', limit, '--kernel', kernel, '--'];
  const vitest = [
    ...[process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
    ...['--config=test/vitest.config.ts', `--project=${name}`],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ];
  // The kernel itself says which one it is.
  const wrapper = ['sh', '-c', 'uname -r >"$1" && shift && exec "$@"', 'sh', release];
  const [command = '', ...args] = [...lab, ...wrapper, ...vitest];
  return {
    name,
    command,
    args,
    where: () => `${kernel ?? 'host'} (${readRelease(release)})`,
    count: (status) => judge(readReport(report), status),
  };
}

/**
 * @param {import('../runs.mjs').Script} script
 * @returns {Job}
 */
function scriptJob({ name, where, args }) {
  return {
    name,
    command: process.execPath,
    args,
    where: () => where,
    count(status, output) {
      const match = /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split('\n').at(-1) ?? '');
      const counts = { passed: Number(match?.[1] ?? 0), failed: Number(match?.[2] ?? 0) };
      return judge({ ...counts, skipped: 0, failures: [] }, status);
    },
  };
}

/** @type {Job} */
const checkJob = {
  name: 'check',
  command: 'npm',
  args: ['run', 'check'],
  where: () => '',
  count: (status) => ({
    passed: 0,
    failed: 0,
    problem: status === '0' ? '' : `exit status: ${status}`,
    failures: [],
  }),
};

/**
 * @param {{ passed: number, failed: number, skipped: number, failures: string[] }} report
 * @param {string} status
 * @returns {Counts}
 */
function judge({ passed, failed, skipped, failures }, status) {
  let problem = '';
  if (skipped > 0) problem = `${skipped} skipped`;
  else if (passed + failed === 0) problem = `ran no test (exit status: ${status})`;
  else if (status !== '0' && failed === 0) problem = `exit status: ${status}`;
  return { passed, failed, problem, failures };
}

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
      failures: report.testResults.flatMap(failedTests),
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, failures: [] };
  }
}

/** @param {{ assertionResults: { status: string, fullName: string }[] }} file */
function failedTests({ assertionResults }) {
  return assertionResults.flatMap(({ status, fullName }) => (status === 'failed' ? fullName : []));
}

/** @param {string} file */
function readRelease(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'did not start';
  }
}
