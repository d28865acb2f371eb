import { renameSync } from 'node:fs';
import path from 'node:path';
import { execute, findExisting, takeModules } from './assemble.mjs';

/**
 * Makes a User-Mode Linux that runs whatever libc the machine has: an image of a later suite wants
 * a later one, so every image brings its own.
 * @param {import('./kernels.mjs').Unpacked} kernel
 */
export function assembleUml({ release, unpacked, built, home }) {
  takeModules(path.join(unpacked, 'usr/lib/uml/modules'), built, release);
  // Since trixie libc6 has its files under /usr/lib, before under /lib.
  const folders = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'];
  const libc = findExisting(
    unpacked,
    folders.map((folder) => `${folder}/libc.so.6`),
  );
  renameSync(path.dirname(libc), path.join(built, 'libc'));
  const image = path.join(built, 'image');
  renameSync(path.join(unpacked, 'usr/bin/linux.uml'), image);
  const finalLibc = path.join(home, 'libc');
  const interpreter = path.join(finalLibc, 'ld-linux-x86-64.so.2');
  execute('patchelf', ['--set-interpreter', interpreter, '--set-rpath', finalLibc, image]);
  const shim = ['-O2', '-shared', '-fPIC', '-o', path.join(built, 'xstate.so')];
  execute('cc', [...shim, path.resolve(import.meta.dirname, '../guest/xstate.c')]);
}
