import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { unpackFromSuite } from './archive.mjs';
import { ensurePackages, GROUPS } from './packages.mjs';
import { LabError, say } from './report.mjs';
import { assembleStock } from './stock.mjs';
import { assembleUml } from './uml.mjs';

const CACHE = path.resolve(import.meta.dirname, '../.cache');

/**
 * Where a kernel comes from: `packages` of the Debian suite, or those that match `follow` among all
 * that they depend on, and what makes a kernel's folder of them.
 * @typedef {object} Source
 * @property {string} suite
 * @property {string[]} packages
 * @property {RegExp} [follow]
 * @property {string[]} tools groups of packages that have to be installed
 * @property {(kernel: Unpacked) => void} assemble
 */

/**
 * @typedef {object} Unpacked
 * @property {string} release how its `uname -r` has to begin
 * @property {string} unpacked folder with what the packages hold
 * @property {string} built folder to make
 * @property {string} home where that folder will be in the end
 */

/** @type {Omit<Source, 'suite'>} */
const UML = {
  packages: ['user-mode-linux', 'libc6'],
  tools: ['kernel'],
  assemble: assembleUml,
};

/** @type {Omit<Source, 'suite'>} */
const STOCK = {
  packages: ['linux-image-cloud-amd64'],
  follow: /^linux-(?:image|binary|modules|base)-\d.*-cloud-amd64$/,
  tools: ['kernel', 'stock'],
  assemble: assembleStock,
};

/**
 * The lab's kernels: how each is run, a hyphen, its release. The machine's own has no source.
 * @type {Record<string, Source | null>}
 */
export const KERNELS = {
  'uml-6.1': { suite: 'bookworm', ...UML },
  'uml-6.12': { suite: 'trixie', ...UML },
  'uml-7.2': { suite: 'sid', ...UML },
  'stock-6.1': { suite: 'bookworm', ...STOCK },
  'stock-7.2': { suite: 'sid', ...STOCK },
  host: null,
};

/**
 * A kernel that is ready to boot. Its folder holds `image`, `lib/modules`, and what else its kind
 * needs; the machine's own kernel has none.
 * @typedef {{ name: string, kind: string, folder: string }} Kernel
 */

/**
 * Fetches the kernel if it is not in the cache yet.
 * @param {string} name
 * @returns {Kernel}
 */
export function ensureKernel(name) {
  const source = KERNELS[name];
  if (source === undefined) {
    throw new LabError(`no kernel \`${name}\`; there are: ${Object.keys(KERNELS).join(', ')}`);
  }
  const [kind = name, release = ''] = name.split('-');
  if (source === null) {
    ensurePackages(GROUPS['base'] ?? []);
    return { name, kind, folder: '' };
  }
  ensurePackages(source.tools.flatMap((group) => GROUPS[group] ?? []));
  const folder = path.join(CACHE, 'kernels', name);
  if (!existsSync(folder)) {
    say(`fetching ${name} (${source.packages.join(', ')} of Debian ${source.suite})`);
    fetchKernel(source, release, folder);
  }
  return { name, kind, folder };
}

/**
 * Everything happens in a folder of its own; the rename at the end is what makes the kernel exist,
 * so neither an interruption nor a second lab that fetches the same kernel leaves half of one.
 * @param {Source} source
 * @param {string} release
 * @param {string} home
 */
function fetchKernel(source, release, home) {
  mkdirSync(path.dirname(home), { recursive: true });
  const scratch = mkdtempSync(path.join(CACHE, 'fetch-'));
  try {
    const unpacked = path.join(scratch, 'unpacked');
    const built = path.join(scratch, 'built');
    unpackFromSuite(source, { target: unpacked, scratch });
    mkdirSync(built);
    source.assemble({ release, unpacked, built, home });
    renameSync(built, home);
  } catch (error) {
    if (!existsSync(home)) throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
