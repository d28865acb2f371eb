#!/usr/bin/env node
// @ts-check
// `npm test`: makes the machine ready, builds, runs every test on its kernel and all checks. The last line
// counts tests. Needs nothing but Node. `npm test -- unit check` runs only the named ones.
import process from 'node:process';
import {
  dependencies,
  examplesBuild,
  machine,
  nativeBuild,
  prepare,
  typescriptBuild,
} from './prepare.mjs';
import { allJobs } from './runner/jobs.mjs';
import { runJobs } from './runner/lanes.mjs';
import { printTable, printTotals } from './runner/table.mjs';

const jobs = allJobs();
const known = jobs.map((job) => job.name);
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(' ')}\nusage: npm test [-- ${known.join(' | ')} …]`);
  process.exit(2);
}

const start = performance.now();
const problem = prepare([
  machine([
    ...['build', 'lint', 'package', 'base', 'kernel', 'oracle', 'wireshark', 'browser'],
    ...['uml-6.1', 'uml-7.2'],
  ]),
  dependencies,
  // As the published binaries are built: what is tested is what is shipped. Warnings are errors here and there
  // only, since a user's newer compiler may know more of them.
  nativeBuild(['--portable=1', '--werror=1']),
  typescriptBuild,
  examplesBuild,
]);
const seconds = (performance.now() - start) / 1000;
/** @type {import('./runner/lanes.mjs').Outcome} */
const preparation = {
  name: 'preparation',
  where: 'host',
  passed: 0,
  failed: 0,
  problem: problem ?? '',
  failures: [],
  seconds,
};
const outcomes = [preparation];
if (problem === undefined) {
  outcomes.push(...(await runJobs(jobs.filter((job) => wanted.includes(job.name)))));
}

printTable(outcomes);
process.exitCode = printTotals(outcomes) === 0 ? 0 : 1;
