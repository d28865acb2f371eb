// @ts-check
// What has to be done before anything of the project runs, from a bare Debian machine with Node: for `npm test`
// and `npm run demo`. Needs nothing but Node.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {boolean} [quiet] it says itself when it has something to do
 * @property {string} command
 * @property {string[]} args
 * @property {() => boolean} [needed] default: always
 */

export const root = path.resolve(import.meta.dirname, '..');

/**
 * Runs a command in the project's folder with its output streamed; returns its exit status, or what
 * kept it from having one.
 * @param {string} command
 * @param {string[]} args
 * @param {{ seconds?: number, env?: Record<string, string> }} [limits]
 */
export function execute(command, args, { seconds = 1500, env = {} } = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: seconds * 1000,
  });
  return error?.message ?? status ?? `killed by ${signal}`;
}

/**
 * Takes the steps that are needed; returns what went wrong, if something did.
 * @param {readonly Step[]} steps
 * @returns {string | undefined}
 */
export function prepare(steps) {
  for (const { title, quiet, command, args, needed = () => true } of steps) {
    if (!needed()) continue;
    if (!quiet) announce(title);
    const status = execute(command, args);
    if (status !== 0) return `${title}: ${status}`;
  }
  return undefined;
}

/** @param {string} title */
export function announce(title) {
  console.log(`\n=== ${title}`);
}

/**
 * Debian packages and kernels, by the lab's names for them.
 * @param {readonly string[]} names
 * @returns {Step}
 */
export function machine(names) {
  return {
    title: 'machine',
    quiet: true,
    command: process.execPath,
    args: ['test/lab/prepare.mjs', ...names],
  };
}

/** @type {Step} */
export const dependencies = {
  title: 'dependencies',
  command: 'npm',
  args: ['ci'],
  needed: () => isOlder('node_modules/.package-lock.json', ['package-lock.json']),
};

/**
 * @param {readonly string[]} options of node-gyp
 * @returns {Step}
 */
export function nativeBuild(options) {
  return {
    title: 'native build',
    command: 'npm',
    args: ['run', 'build:native', '--', ...options],
  };
}

/** @type {Step} */
export const typescriptBuild = {
  title: 'TypeScript build',
  command: 'npm',
  args: ['run', 'build:ts'],
};

/** @type {Step} */
export const examplesBuild = {
  title: 'examples build',
  command: 'npm',
  args: ['run', 'build:examples'],
};

/**
 * The step, to be taken only where its result is older than what it is made from.
 * @param {Step} step
 * @param {string} result
 * @param {readonly string[]} sources files and folders
 * @returns {Step}
 */
export function unlessDone(step, result, sources) {
  return { ...step, needed: () => isOlder(result, sources) };
}

/**
 * @param {string} result
 * @param {readonly string[]} sources
 */
function isOlder(result, sources) {
  return modified(result) < Math.max(...sources.flatMap(filesIn).map(modified));
}

/**
 * @param {string} source
 * @returns {string[]}
 */
function filesIn(source) {
  if (!statSync(path.join(root, source)).isDirectory()) return [source];
  const names = readdirSync(path.join(root, source), { encoding: 'utf8', recursive: true });
  return [source, ...names.map((name) => path.join(source, name))];
}

/** @param {string} file */
function modified(file) {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Makes ready what kernel tests need, on these kernels, or ends the program with what went wrong.
 * @param {readonly string[]} names groups of packages and kernels, by the lab's names for them
 */
export function prepareKernelTests(names) {
  const problem = prepare([
    machine(['build', 'base', 'oracle', 'wireshark', ...names]),
    dependencies,
    nativeBuild([]),
    typescriptBuild,
    examplesBuild,
  ]);
  if (problem === undefined) return;
  console.error(problem);
  process.exit(1);
}
