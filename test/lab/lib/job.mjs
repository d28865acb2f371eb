import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from './report.mjs';

const LAB = dirname(dirname(fileURLToPath(import.meta.url)));
const PROJECT = dirname(dirname(LAB));

/** What a command sees of the caller's environment without being asked. */
const PASSED = [
  ...['HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TERM', 'TZ', 'CI'],
  ...['FORCE_COLOR', 'NO_COLOR', 'NODE_ENV'],
];

/**
 * @typedef {object} Request
 * @property {string[]} command
 * @property {string} cwd
 * @property {string[]} variables names of environment variables to pass besides the usual ones
 * @property {string[]} modules
 * @property {{ rows: number, columns: number }} [terminal] size of our terminal, which the command
 *   then talks to instead of files
 */

/**
 * Writes what guest/init reads. Nothing of it goes through a kernel command line, which would
 * split arguments at blanks and forget quotes.
 * @param {import('./kernels.mjs').Kernel} kernel
 * @param {Request} request
 * @returns {string} the job's folder
 */
export function createJob(kernel, request) {
  const job = mkdtempSync(join(tmpdir(), 'lvs-lab-'));
  const keep = keptFolders([request.cwd, PROJECT, job]);
  const settings = {
    kernel: kernel.folder,
    console: kernel.kind === 'uml' ? '/dev/tty1' : '/dev/ttyS1',
    keep: keep.join(' '),
  };
  if (/\s/.test(job) || keep.some((folder) => /\s/.test(folder))) {
    rmSync(job, { recursive: true });
    throw new LabError('the lab cannot use folders under /tmp, or a TMPDIR, with blanks in a name');
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}\n`);
  writeFileSync(join(job, 'settings'), lines.join(''));
  writeFileSync(join(job, 'command'), commandScript(kernel.name, request));
  if (request.modules.length > 0) {
    writeFileSync(join(job, 'modules'), request.modules.map((name) => `${name}\n`).join(''));
  }
  if (request.terminal) {
    const { rows, columns } = request.terminal;
    writeFileSync(join(job, 'terminal'), `rows ${rows} columns ${columns}`);
  } else {
    for (const name of ['output', 'errors']) writeFileSync(join(job, name), '');
  }
  symlinkSync(join(LAB, 'guest/init'), join(job, 'init'));
  return job;
}

/**
 * @param {string} job
 * @param {'status' | 'failure'} name
 * @returns {string | undefined}
 */
export function readResult(job, name) {
  const path = join(job, name);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

/**
 * The first folder below /tmp on the way to each path: /tmp is private in the lab, these are not.
 * @param {string[]} paths
 */
function keptFolders(paths) {
  const first = paths
    .map((path) => relative('/tmp', resolve(path)))
    .filter((path) => path !== '' && !path.startsWith('..'))
    .map((path) => path.split('/', 1).join());
  return [...new Set(first)];
}

/**
 * @param {string} name
 * @param {Request} request
 */
function commandScript(name, { command, cwd, variables }) {
  const environment = Object.fromEntries(
    [...PASSED, ...variables]
      .filter((variable) => process.env[variable] !== undefined)
      .map((variable) => [variable, process.env[variable]]),
  );
  const words = Object.entries({
    ...environment,
    PATH: `${process.env['PATH']}:/usr/sbin:/sbin:/usr/bin:/bin`,
    LVS_LAB_KERNEL: name,
  }).map(([key, value]) => quote(`${key}=${value}`));
  return [
    `cd ${quote(cwd)} || exit 126`,
    `exec env -i ${words.join(' ')} \\`,
    `  ${command.map(quote).join(' ')}`,
    '',
  ].join('\n');
}

/**
 * One word of a POSIX shell, whatever is in it.
 * @param {string} word
 */
function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
