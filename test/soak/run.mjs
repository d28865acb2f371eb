#!/usr/bin/env node
// @ts-check
// `npm run test:soak`: random operations from several handles and namespaces at once, on a kernel of the lab, for as
// long as is wanted. The last line counts comparisons with the system's own tools.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { execute, prepare, typescriptBuild, unlessDone } from '../prepare.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    kernel: { type: 'string', default: 'uml-6.1' },
    seed: { type: 'string', default: '1' },
  },
});
const seconds = Number(values.minutes) * 60;
if (!(seconds > 0)) {
  console.error('--minutes wants a number above 0');
  process.exit(2);
}

/** To boot, to warm up, and for the last comparison on a busy machine. */
const aroundSeconds = 180;

const problem = prepare([unlessDone(typescriptBuild, 'dist/index.js', ['src'])]);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
const lab = [
  'test/lab/run.mjs',
  '--quiet',
  '--kernel',
  values.kernel,
  `--timeout=${seconds + aroundSeconds}`,
];
const guest = [
  process.execPath,
  '--expose-gc',
  'test/soak/guest.mjs',
  String(seconds),
  values.seed,
];
const status = execute(process.execPath, [...lab, '--', ...guest], {
  seconds: seconds + 2 * aroundSeconds,
});
process.exitCode = status === 0 ? 0 : 1;
