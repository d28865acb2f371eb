// Kernels without a part that they could load.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const loader = '/proc/sys/kernel/modprobe';

/** Runs `action` in a kernel that loads no module by itself meanwhile. */
export async function withoutLoading(action: () => Promise<void>): Promise<void> {
  const before = readFileSync(loader, 'utf8');
  writeFileSync(loader, '/bin/false');
  try {
    await action();
  } finally {
    writeFileSync(loader, before);
  }
}

/** Runs `action` in a kernel that has these modules neither loaded nor to load. */
export async function withoutModules(
  modules: readonly string[],
  action: () => Promise<void>,
): Promise<void> {
  execFileSync('modprobe', ['-r', ...modules]);
  await withoutLoading(action);
}
