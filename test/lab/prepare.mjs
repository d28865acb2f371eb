#!/usr/bin/env node
// Installs what tests and tools need from Debian, and fetches kernels. See README.md.
import { ensureKernel, KERNELS } from './lib/kernels.mjs';
import { ensurePackages, GROUPS } from './lib/packages.mjs';
import { complain, EXIT, runMain } from './lib/report.mjs';

const USAGE = `usage: node test/lab/prepare.mjs NAME…
  package groups: ${Object.keys(GROUPS).join(', ')}
  kernels:        ${Object.keys(KERNELS).join(', ')}`;

await runMain(() => {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !(name in GROUPS) && !(name in KERNELS));
  if (names.length === 0 || unknown.length > 0) {
    complain(unknown.length > 0 ? `unknown: ${unknown.join(' ')}\n${USAGE}` : USAGE);
    return EXIT.usage;
  }
  ensurePackages(names.flatMap((name) => GROUPS[name] ?? []));
  for (const name of names) if (name in KERNELS) ensureKernel(name);
  return 0;
});
