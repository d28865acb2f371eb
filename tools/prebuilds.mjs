#!/usr/bin/env node
// @ts-check
// `npm run build:prebuilds [-- ARCHITECTURE…]`: the binaries that the package is published with, in `prebuilds/`:
// for each architecture one for glibc and one for musl. The machine's own architecture is built where
// `npm run build:native` builds, the others are cross-compiled in folders of their own; both incrementally.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname, '..');
const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');

/** @type {Record<string, string>} how GNU calls what Node calls so */
const triples = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
function run(command, args, { cwd = root, env = {} } = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return;
  const why = error?.message ?? (signal === null ? `exit status ${status}` : `killed by ${signal}`);
  throw new Error(`${command} ${args.join(' ')}: ${why}`);
}

/**
 * A folder that node-gyp takes for the package's own.
 * @param {string} arch
 */
function folderOf(arch) {
  if (arch === process.arch) return root;
  const folder = path.join(root, 'build', 'cross', arch);
  mkdirSync(folder, { recursive: true });
  for (const name of ['binding.gyp', 'native', 'package.json']) {
    try {
      symlinkSync(path.join('..', '..', '..', name), path.join(folder, name));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
  return folder;
}

/** @param {string} arch */
function build(arch) {
  const triple = triples[arch] ?? '';
  const folder = folderOf(arch);
  // The strict warnings are errors: these binaries are made with a compiler that is known.
  const options = [`--arch=${arch}`, '--portable=1', '--werror=1', '--jobs=max'];
  const compilers = { CC: `${triple}-gcc`, CXX: `${triple}-g++` };
  const own = arch === process.arch;
  run(process.execPath, [nodeGyp, 'configure', 'build', ...options], {
    cwd: folder,
    env: own ? {} : compilers,
  });
  const release = path.join(folder, 'build', 'Release');
  place(triple, path.join(release, 'lvs.node'), `linux-${arch}`);
  place(triple, linkForMusl(triple, release), `linux-${arch}-musl`);
}

/**
 * The same code for the other C library. The objects use nothing in which the two differ, but what Bun loads has
 * to ask for musl by name. An empty library of that name stands for it here.
 * @param {string} triple
 * @param {string} release
 */
function linkForMusl(triple, release) {
  const linker = `${triple}-g++`;
  const musl = path.join(release, 'libc.musl.so');
  const processor = triple.replace(/-.*/, '');
  const name = `-Wl,-soname,libc.musl-${processor}.so.1`;
  run(linker, ['-shared', '-nostdlib', name, '-o', musl, '-x', 'c', '/dev/null']);
  const addon = path.join(release, 'lvs.musl.node');
  run(linker, [
    ...['-shared', '-nodefaultlibs', '-Wl,--no-as-needed', '-o', addon],
    '-Wl,--version-script=native/runtime/exports.map',
    ...readdirSync(path.join(root, 'native'), { encoding: 'utf8', recursive: true })
      // What counts lines belongs to another build.
      .filter((file) => file.endsWith('.cc') && file !== 'runtime/coverage.cc')
      .map((file) => path.join(release, 'obj.target/lvs/native', file.replace(/cc$/, 'o'))),
    ...['-l:libstdc++.a', musl, '-lgcc'],
  ]);
  return addon;
}

/**
 * @param {string} triple
 * @param {string} addon
 * @param {string} platform
 */
function place(triple, addon, platform) {
  const target = path.join(root, 'prebuilds', platform);
  mkdirSync(target, { recursive: true });
  // By one rename: a process that has the old one loaded keeps it.
  const part = path.join(target, `lvs.node.${process.pid}`);
  run(`${triple}-strip`, ['--strip-unneeded', '-o', part, addon]);
  renameSync(part, path.join(target, 'lvs.node'));
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(triples);
const unknown = wanted.filter((arch) => !(arch in triples));
if (process.platform !== 'linux' || !(process.arch in triples)) {
  console.error('the binaries are built on Linux, on x64 or arm64');
  process.exitCode = 1;
} else if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(' ')}; known: ${Object.keys(triples).join(' ')}`);
  process.exitCode = 2;
} else {
  try {
    for (const arch of wanted) build(arch);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
