import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { LabError } from './report.mjs';

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ input?: string | Buffer, cwd?: string }} [options]
 * @returns {Buffer} its output
 */
export function execute(program, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    ...options,
    maxBuffer: 1 << 30,
  });
  if (status === 0) return stdout;
  throw new LabError(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

/**
 * @param {string} folder
 * @param {string[]} candidates
 */
export function findExisting(folder, candidates) {
  const found = candidates.find((candidate) => existsSync(path.join(folder, candidate)));
  if (found === undefined) throw new LabError(`no ${candidates.join(' or ')} in the packages`);
  return path.join(folder, found);
}

/**
 * Moves a kernel's modules to where `modprobe -d` looks for them.
 * @param {string} modules folder of the packages with a folder for each release
 * @param {string} built
 * @param {string} wanted how the release has to begin
 * @returns {string} the release
 */
export function takeModules(modules, built, wanted) {
  const releases = readdirSync(modules);
  const release = releases.find((entry) => entry.startsWith(`${wanted}.`));
  if (release === undefined) {
    throw new LabError(
      `Debian now ships Linux ${releases.join(', ')} in place of ${wanted}: ` +
        'name the new kernel in test/lab/lib/kernels.mjs',
    );
  }
  const target = path.join(built, 'lib/modules');
  mkdirSync(target, { recursive: true });
  renameSync(path.join(modules, release), path.join(target, release));
  return release;
}
