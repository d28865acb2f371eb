import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mirror } from '../../lab/lib/archive.mjs';
import { run } from './commands.js';
import { cache } from './places.js';

/**
 * Debian as a container has it: nothing but what is essential and what Node.js itself needs, and the
 * places where things are mounted.
 */
export const containerRoot = path.join(cache, 'root-bookworm');

/** Makes the root unless it is there. It appears by one rename, so half of it is never seen. */
export function ensureContainerRoot(): void {
  if (existsSync(containerRoot)) return;
  mkdirSync(cache, { recursive: true });
  const part = mkdtempSync(path.join(cache, 'part-'));
  try {
    const options = ['--variant=minbase', '--include=libatomic1'];
    run('debootstrap', [...options, 'bookworm', part, mirror()]);
    rmSync(path.join(part, 'var/cache/apt'), { recursive: true });
    mkdirSync(path.join(part, 'app'));
    writeFileSync(path.join(part, 'usr/local/bin/node'), '');
    renameSync(part, containerRoot);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
