import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { attempt, run } from './support/commands.js';
import { bunOnMusl, programOf } from './support/runtimes.js';

const { folder, consumer } = inject('places');

/** Where musl's loader finds the libraries of a program that were made for glibc. */
function prepareLibraries(): Record<string, string> {
  const libraries = path.join(folder, 'musl');
  mkdirSync(libraries);
  const lent = path.join(libraries, 'lent.so');
  const source = path.join(import.meta.dirname, 'support/libstdcxx.c');
  run('gcc', ['-shared', '-fPIC', '-nostdlib', '-o', lent, source]);
  const musl = '/lib/x86_64-linux-musl/libc.so';
  for (const name of ['libc.musl-x86_64.so.1', 'ld-linux-x86-64.so.2']) {
    symlinkSync(musl, path.join(libraries, name));
  }
  for (const name of ['libstdc++.so.6', 'libgcc_s.so.1']) {
    const file = run('gcc', [`-print-file-name=${name}`]).trim();
    symlinkSync(file, path.join(libraries, name));
  }
  return { LD_LIBRARY_PATH: libraries, LD_PRELOAD: lent };
}

// No Node.js for musl is to be had from npm or Debian; Bun is, and refuses to load what asks for glibc.
it('the binary for musl loads there, in Bun, and the one for glibc does not', () => {
  const env = prepareLibraries();
  const describe = `
    const load = (folder) => require('./node_modules/lvs/prebuilds/' + folder + '/lvs.node');
    console.log(load('linux-x64-musl').describe('ipvs').tables.length > 0);
    console.log(require('fs').readFileSync('/proc/self/maps', 'latin1').includes('musl/libc.so'));
    load('linux-x64');`;
  const args = ['--eval', describe];
  const { output, errors, status } = attempt(programOf(bunOnMusl), args, { cwd: consumer, env });
  expect({ output, errors }).toEqual({
    output: 'true\ntrue\n',
    errors: expect.stringContaining('is linked against glibc'),
  });
  expect(status).not.toBe(0);
});
