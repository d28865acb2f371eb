import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute, findExisting, takeModules } from './assemble.mjs';

/** What a stock kernel needs before it can see the machine's files. */
const FIRST_MODULES = ['virtio_pci', 'virtiofs'];

/**
 * Makes a distribution's kernel bootable with the machine's files as its root.
 * @param {import('./kernels.mjs').Unpacked} kernel
 */
export function assembleStock({ release: wanted, unpacked, built }) {
  // Since 7.x the packages have all their files under /usr/lib/modules.
  const modules = findExisting(unpacked, ['usr/lib/modules', 'lib/modules']);
  const release = takeModules(modules, built, wanted);
  const inModules = path.join(built, 'lib/modules', release, 'vmlinuz');
  const inBoot = path.join(unpacked, 'boot', `vmlinuz-${release}`);
  renameSync(existsSync(inModules) ? inModules : inBoot, path.join(built, 'image'));
  execute('depmod', ['-b', built, release]);
  writeFileSync(path.join(built, 'initrd'), packInitrd(built, release));
}

/**
 * @param {string} built
 * @param {string} release
 */
function packInitrd(built, release) {
  const stage = path.join(built, 'stage');
  mkdirSync(path.join(stage, 'modules'), { recursive: true });
  for (const folder of ['bin', 'proc', 'root']) mkdirSync(path.join(stage, folder));
  copyFileSync('/bin/busybox', path.join(stage, 'bin/busybox'));
  copyFileSync(path.resolve(import.meta.dirname, '../guest/initrd'), path.join(stage, 'init'));
  for (const [index, file] of modulesInOrder(built, release).entries()) {
    const number = String(index).padStart(2, '0');
    const target = path.join(stage, 'modules', `${number}-${path.basename(file, '.xz')}`);
    // busybox's insmod wants them uncompressed.
    if (file.endsWith('.xz')) writeFileSync(target, execute('xz', ['-dc', file]));
    else copyFileSync(file, target);
  }
  const files = execute('find', ['.'], { cwd: stage });
  const archive = execute('cpio', ['-o', '-H', 'newc', '--quiet'], { cwd: stage, input: files });
  rmSync(stage, { recursive: true });
  return archive;
}

/**
 * Files of the first modules and of all that they need, in the order to insert them.
 * @param {string} built
 * @param {string} release
 */
function modulesInOrder(built, release) {
  const options = ['-d', built, '-S', release, '--show-depends', '--all'];
  const lines = execute('modprobe', [...options, ...FIRST_MODULES])
    .toString()
    .split('\n');
  const files = lines
    .filter((line) => line.startsWith('insmod '))
    .map((line) => line.split(' ')[1]);
  return [...new Set(files.filter((file) => file !== undefined))];
}
