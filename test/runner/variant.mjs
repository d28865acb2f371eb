// @ts-check
// The addon built with other options, in a folder of its own, so that the usual build stays what it is.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { execute, root } from '../prepare.mjs';

/**
 * @param {string} name of the folder in `build`, which becomes a package as far as node-gyp is concerned
 * @param {readonly string[]} options of node-gyp
 * @returns {string} the folder
 */
export function buildVariant(name, options) {
  const folder = path.join(root, 'build', name);
  mkdirSync(folder, { recursive: true });
  for (const source of ['native', 'binding.gyp', 'node_modules', 'package.json']) {
    const link = path.join(folder, source);
    if (!existsSync(link)) symlinkSync(path.join('../..', source), link);
  }
  const args = ['node-gyp', `--directory=${folder}`, 'configure', 'build', '--jobs=2', ...options];
  const status = execute('npx', args);
  if (status !== 0) throw new Error(`native build of ${name}: ${status}`);
  return folder;
}
