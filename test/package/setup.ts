import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { TestProject } from 'vitest/node';
import { run } from './support/commands.js';
import { placesIn, project } from './support/places.js';
import { ensureContainerRoot } from './support/root.js';
import { ensureRuntime, runtimes } from './support/runtimes.js';

/** What builds leave behind, so that they need not be done again: of `build` only this, as far as it is there. */
const built = ['Makefile', 'binding.Makefile', 'lvs.target.mk', 'config.gypi', 'Release', 'cross'];

/** Fetches what there is no need to fetch twice, packs the project, and installs the package into an empty folder. */
export function setup({ provide }: TestProject): () => void {
  run(process.execPath, ['test/lab/prepare.mjs', 'package'], { cwd: project });
  for (const runtime of runtimes) ensureRuntime(runtime);
  ensureContainerRoot();
  const folder = mkdtempSync(path.join(tmpdir(), 'lvs-package-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    provide('places', install(folder, pack(folder)));
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

/**
 * `npm pack`, with all that it does before, in a copy of the project: it begins by removing `dist`, which tests that
 * run at the same time need.
 */
function pack(folder: string): string {
  const copy = path.join(folder, 'project');
  const git = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  for (const file of run('git', git, { cwd: project }).split('\0').filter(Boolean)) {
    cpSync(path.join(project, file), path.join(copy, file), { preserveTimestamps: true });
  }
  for (const part of built) {
    if (!existsSync(path.join(project, 'build', part))) continue;
    cpSync(path.join(project, 'build', part), path.join(copy, 'build', part), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
  }
  symlinkSync(path.join(project, 'node_modules'), path.join(copy, 'node_modules'));
  const report = run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: copy,
  });
  const packed = JSON.parse(report.slice(report.indexOf('['))) as [{ filename: string }];
  return path.join(folder, packed[0].filename);
}

/** Without a network, and without running anything. */
function install(folder: string, tarball: string): ReturnType<typeof placesIn> {
  const places = placesIn(folder, tarball);
  mkdirSync(places.consumer);
  writeFileSync(path.join(places.consumer, 'package.json'), '{ "private": true }\n');
  const options = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  run('npm', ['install', ...options, tarball], { cwd: places.consumer });
  return places;
}
