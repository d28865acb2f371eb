import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackFromSuite } from './archive.mjs';
import { ensurePackages, GROUPS } from './packages.mjs';
import { LabError, say } from './report.mjs';

const CACHE = join(dirname(dirname(fileURLToPath(import.meta.url))), '.cache');

/**
 * @typedef {object} KernelSource
 * @property {'uml' | 'namespace'} kind
 * @property {string} [suite] Debian suite that ships it
 * @property {string} [release] how its `uname -r` begins
 * @property {string[]} [packages]
 */

/** @type {Record<string, KernelSource>} */
export const KERNELS = {
  'uml-6.1': uml('bookworm', '6.1'),
  'uml-6.12': uml('trixie', '6.12'),
  'uml-7.2': uml('sid', '7.2'),
  host: { kind: 'namespace' },
};

/**
 * @param {string} suite
 * @param {string} release
 * @returns {KernelSource}
 */
function uml(suite, release) {
  return { kind: 'uml', suite, release, packages: ['user-mode-linux', 'libc6'] };
}

/**
 * A kernel that is ready to boot. `modules` is what modprobe takes as its `-d`.
 * @typedef {{ name: string, kind: 'uml', image: string, modules: string }
 *   | { name: string, kind: 'namespace' }} Kernel
 */

/**
 * Fetches the kernel if it is not in the cache yet.
 * @param {string} name
 * @returns {Kernel}
 */
export function ensureKernel(name) {
  const source = KERNELS[name];
  if (!source) {
    throw new LabError(`no kernel \`${name}\`; there are: ${Object.keys(KERNELS).join(', ')}`);
  }
  if (source.kind === 'namespace') {
    ensurePackages(GROUPS.base);
    return { name, kind: 'namespace' };
  }
  ensurePackages(GROUPS.kernel);
  const folder = join(CACHE, 'kernels', name);
  if (!existsSync(folder)) fetchKernel(name, source, folder);
  return { name, kind: 'uml', image: join(folder, 'vmlinux'), modules: folder };
}

/**
 * Everything happens in a folder of its own; the rename at the end is what makes the kernel exist,
 * so neither an interruption nor a second lab that fetches the same kernel leaves half of one.
 * @param {string} name
 * @param {KernelSource} source
 * @param {string} folder
 */
function fetchKernel(name, source, folder) {
  say(`fetching ${name} (${source.packages.join(', ')} of Debian ${source.suite})`);
  mkdirSync(dirname(folder), { recursive: true });
  const scratch = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    const unpacked = join(scratch, 'unpacked');
    const built = join(scratch, 'kernel');
    unpackFromSuite({ suite: source.suite, packages: source.packages, target: unpacked, scratch });
    buildUml(name, source, unpacked, built);
    renameSync(built, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {KernelSource} source
 * @param {string} unpacked
 * @param {string} built
 */
function buildUml(name, source, unpacked, built) {
  const modules = join(unpacked, 'usr/lib/uml/modules');
  const release = readdirSync(modules).find((entry) => entry.startsWith(`${source.release}.`));
  if (!release) {
    throw new LabError(
      `Debian ${source.suite} now ships Linux ${readdirSync(modules).join(', ')}, not ${name}: ` +
        'name the new kernel in test/lab/lib/kernels.mjs',
    );
  }
  mkdirSync(join(built, 'lib'), { recursive: true });
  renameSync(modules, join(built, 'lib/modules'));
  renameSync(libcFolder(unpacked), join(built, 'libc'));
  const image = join(built, 'vmlinux');
  renameSync(join(unpacked, 'usr/bin/linux.uml'), image);
  const finalLibc = join(CACHE, 'kernels', name, 'libc');
  const interpreter = join(finalLibc, 'ld-linux-x86-64.so.2');
  // An image of a later suite wants a later libc than the machine has: it brings its own.
  const patch = spawnSync(
    'patchelf',
    ['--set-interpreter', interpreter, '--set-rpath', finalLibc, image],
    { encoding: 'utf8' },
  );
  if (patch.status !== 0) throw new LabError(`patchelf failed on ${image}: ${patch.stderr}`);
}

/**
 * Since trixie libc6 has its files under /usr/lib, before under /lib.
 * @param {string} unpacked
 */
function libcFolder(unpacked) {
  const candidates = ['usr/lib', 'lib'].map((folder) => join(unpacked, folder, 'x86_64-linux-gnu'));
  const folder = candidates.find((entry) => existsSync(join(entry, 'libc.so.6')));
  if (!folder) throw new LabError(`no libc.so.6 in ${candidates.join(' or ')}`);
  return folder;
}
