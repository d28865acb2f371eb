#!/usr/bin/env node
// @ts-check
// `npm run check:tidy`: clang-tidy over the C++ of the addon. A file that passed is not looked at again until it,
// a header that it includes, or what is checked has changed: one file takes seconds, all of them minutes.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname, '..');
const native = path.join(root, 'native');
const passed = path.join(root, 'build', 'tidy');

/** What the result depends on beside the sources. */
const circumstances = [
  spawnSync('clang-tidy', ['--version'], { encoding: 'utf8' }).stdout ?? '',
  readFileSync(path.join(root, '.clang-tidy'), 'utf8'),
  readFileSync(path.join(root, 'binding.gyp'), 'utf8'),
];

/**
 * The file and all of the project's headers that it includes, which it names from `native`.
 * @param {string} file
 * @param {Set<string>} seen
 */
function collectSources(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^#include "(.+)"/gm)) {
    collectSources(path.join(native, name), seen);
  }
  return seen;
}

/** @param {string} file */
function stampOf(file) {
  const hash = createHash('sha256');
  for (const text of circumstances) hash.update(text).update('\0');
  for (const source of [...collectSources(file)].sort()) {
    hash.update(source.slice(root.length)).update('\0').update(readFileSync(source)).update('\0');
  }
  return path.join(passed, hash.digest('hex'));
}

/**
 * @param {string} file
 * @returns {Promise<boolean>} whether clang-tidy had nothing to say
 */
function check(file) {
  return new Promise((resolve, reject) => {
    const args = ['--quiet', '-p', path.join(root, 'build', 'Release'), file];
    const child = spawn('clang-tidy', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    // How many warnings it suppressed in others' headers.
    child.stderr.resume();
    child.once('error', reject);
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(chunks));
      resolve(code === 0);
    });
  });
}

/** @param {Map<string, string>} stamps of files, made before they are read: they may change meanwhile */
async function checkAll(stamps) {
  const waiting = stamps.entries();
  let failed = 0;
  const lane = async () => {
    for (const [file, stamp] of waiting) {
      if (await check(file)) writeFileSync(stamp, '');
      else failed++;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return failed;
}

const configured = spawnSync('node-gyp', ['configure', '--', '-f', 'compile_commands_json'], {
  cwd: root,
  encoding: 'utf8',
});
if (configured.status !== 0) {
  console.error(
    `${configured.error?.message ?? configured.stderr}\nrun this by \`npm run check:tidy\``,
  );
  process.exit(1);
}
mkdirSync(passed, { recursive: true });
const files = readdirSync(native, { encoding: 'utf8', recursive: true })
  .filter((file) => file.endsWith('.cc'))
  .map((file) => path.join(native, file));
const stamps = new Map(files.map((file) => [file, stampOf(file)]));
const known = new Set([...stamps.values()].map((stamp) => path.basename(stamp)));
for (const old of readdirSync(passed)) if (!known.has(old)) rmSync(path.join(passed, old));
const changed = new Map([...stamps].filter(([, stamp]) => !existsSync(stamp)));
const failed = await checkAll(changed);
console.log(
  `clang-tidy: ${files.length} files, ${changed.size} looked at, ${failed} with findings`,
);
process.exitCode = failed === 0 ? 0 : 1;
