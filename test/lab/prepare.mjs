#!/usr/bin/env node
// Installs what tests and tools need from Debian, and fetches kernels. See README.md.
import { usageError } from './lib/arguments.mjs';
import { ensureKernel, KERNELS } from './lib/kernels.mjs';
import { ensurePackages, GROUPS } from './lib/packages.mjs';
import { runMain } from './lib/report.mjs';

const USAGE = `usage: node test/lab/prepare.mjs NAME…
  package groups: ${Object.keys(GROUPS).join(', ')}
  kernels:        ${Object.keys(KERNELS).join(', ')}`;

await runMain(() => {
  const names = process.argv.slice(2);
  if (names.length === 0) throw usageError('prepare what?', USAGE);
  const unknown = names.filter((name) => !(name in GROUPS) && !(name in KERNELS));
  if (unknown.length > 0) throw usageError(`unknown: ${unknown.join(' ')}`, USAGE);
  ensurePackages(names.flatMap((name) => GROUPS[name] ?? []));
  for (const name of names) if (name in KERNELS) ensureKernel(name);
  return 0;
});
