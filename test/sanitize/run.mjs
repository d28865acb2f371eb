#!/usr/bin/env node
// @ts-check
// `npm run test:sanitize`: the addon under AddressSanitizer and UndefinedBehaviorSanitizer, built in a
// folder of its own. Plain Node opens, uses and closes every kind of handle, on a kernel with IPVS and
// in a namespace of this machine's; then tests of the kernel suite run, and the C++ programs of
// test/native, which are always built with sanitizers. `--quick` leaves out these last ones, since
// `npm test` runs them anyway.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { machine, prepare, root } from '../prepare.mjs';
import { buildVariant } from '../runner/variant.mjs';

const limitSeconds = 400;

/** A package of its own, whose addon lies where the loader looks for it. */
function build() {
  const folder = buildVariant('sanitize', ['--sanitize=address,undefined']);
  const docs = path.join(folder, 'docs');
  if (!existsSync(docs)) symlinkSync('../../docs', docs);
  for (const name of ['dist', 'src', 'test', 'tsconfig.json']) {
    rmSync(path.join(folder, name), { recursive: true, force: true });
    cpSync(path.join(root, name), path.join(folder, name), {
      recursive: true,
      // Kernels, and what else was fetched, stay where they are.
      filter: (source) => path.basename(source) !== '.cache',
    });
  }
  return folder;
}

/**
 * Runs Node with the sanitizers in a kernel of the lab; returns what it says.
 * @param {string} kernel
 * @param {string} leaks what to do with memory that is never freed
 * @param {string[]} args of node
 */
function sanitized(kernel, leaks, args) {
  const library = spawnSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const environment = [
    `LD_PRELOAD=${library.stdout.trim()}`,
    `ASAN_OPTIONS=${leaks}`,
    'UBSAN_OPTIONS=print_stacktrace=1',
  ];
  const lab = ['test/lab/run.mjs', '--quiet', '--kernel', kernel, '--memory', '3G'];
  const limit = [`--timeout=${limitSeconds}`, '--', 'env', ...environment, process.execPath];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...lab, ...limit, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { status, output: `${stdout}${stderr}` };
}

/**
 * The leaks that the addon itself made: V8 frees little of its own at the end of a process. What lies
 * above the first frame of Node's asked for the memory.
 * @param {string} output
 */
function ownLeaks(output) {
  return output.split(/\n(?=(?:Direct|Indirect) leak of)/).filter((leak) => {
    if (!/^(?:Direct|Indirect) leak of/.test(leak)) return false;
    const frames = leak.split('\n').filter((line) => /^\s*#\d+ /.test(line));
    const node = frames.findIndex((frame) => frame.includes(process.execPath));
    return frames.slice(0, node < 0 ? undefined : node).some((frame) => frame.includes('/native/'));
  });
}

/** @type {{ name: string, passed: number, failed: number, problem: string }[]} */
const outcomes = [];

/** @param {string} kernel @param {string[]} names */
function exercise(kernel, names) {
  const { status, output } = sanitized(kernel, 'detect_leaks=1:exitcode=0', [
    'test/sanitize/exercise.mjs',
    folder,
    ...names,
  ]);
  const done = names.filter((name) => output.includes(`exercised: ${name}`)).length;
  const leaks = ownLeaks(output);
  const broken = /ERROR: AddressSanitizer|runtime error:/.test(output);
  const complete = status === 0 && done === names.length && leaks.length === 0 && !broken;
  const failed = names.length - done;
  outcomes.push({
    name: `every handle by plain node, leaks (${kernel}: ${names.join(' ')})`,
    passed: done,
    failed: complete ? failed : Math.max(failed, 1),
    problem: complete ? '' : leaks.join('\n') || output.slice(-8000),
  });
}

/** @param {string} kernel @param {string[]} files */
function test(kernel, files) {
  const { status, output } = sanitized(kernel, 'detect_leaks=0', [
    'node_modules/vitest/vitest.mjs',
    ...['run', `--config=${folder}/test/vitest.config.ts`, '--project=kernel'],
    ...files,
  ]);
  count(`tests of the kernel suite (${kernel})`, status, output);
}

/** @param {string} name @param {number | null} status @param {string} output */
function count(name, status, output) {
  const text = stripVTControlCharacters(output);
  const tests = /^\s*Tests\s+(.*)$/m.exec(text)?.[1] ?? '';
  const passed = Number(/(\d+) passed/.exec(tests)?.[1] ?? 0);
  const failed = Number(/(\d+) failed/.exec(tests)?.[1] ?? 0);
  const good = status === 0 && passed > 0;
  const problem = good ? '' : text.slice(-8000);
  outcomes.push({ name, passed, failed: good ? failed : Math.max(failed, 1), problem });
}

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const missing = prepare([machine(['build', 'base', 'oracle', 'uml-7.2'])]);
if (missing !== undefined) throw new Error(missing);
const folder = build();
exercise('uml-7.2', ['ipvs', 'worker']);
exercise('host', ['route', 'capture', 'netns', 'nat', 'worker']);
test('uml-7.2', ['test/kernel/ipvs/batching']);
// Under AddressSanitizer User-Mode Linux hangs or crashes in these, whatever they do: the machine's kernel does not, but
// has no tunnels.
const withoutTunnels = ['--testNamePattern', '^(?!.*tunnel device)'];
test('host', ['test/kernel/capture/capture', 'test/kernel/capture/batches', ...withoutTunnels]);
if (!values.quick) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config=test/vitest.config.ts', 'test/native'],
    { cwd: root, encoding: 'utf8' },
  );
  count('C++ programs of test/native', status, `${stdout}${stderr}`);
}

for (const { name, passed, failed, problem } of outcomes) {
  console.log(`${name}: ${passed} passed, ${failed} failed`);
  if (problem !== '') console.error(problem);
}
const sum = (/** @type {'passed' | 'failed'} */ key) =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
