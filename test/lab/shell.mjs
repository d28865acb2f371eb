#!/usr/bin/env node
// An interactive shell on a real kernel. See README.md.
import { parseCommandLine, splitNames } from './lib/arguments.mjs';
import { runJob } from './lib/boot.mjs';
import { ensureKernel, KERNELS } from './lib/kernels.mjs';
import { EXIT, LabError, runMain } from './lib/report.mjs';

const OPTIONS = /** @type {const} */ ({
  kernel: { type: 'string', default: 'uml-6.1' },
  memory: { type: 'string', default: '1G' },
  modules: { type: 'string', default: '' },
  env: { type: 'string', multiple: true },
});

const USAGE = `usage: node test/lab/shell.mjs [OPTION…] [--] [COMMAND [ARGUMENT…]]
  --kernel NAME   ${Object.keys(KERNELS).join(', ')} (default ${OPTIONS.kernel.default})
  --memory SIZE   of the kernel, such as 512M (default ${OPTIONS.memory.default})
  --modules A,B   kernel modules to load first
  --env NAME      pass this environment variable too; may be repeated
  COMMAND         instead of bash`;

await runMain(() => {
  const { values, command } = parseCommandLine(OPTIONS, USAGE);
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new LabError('a shell wants a terminal; use run.mjs for commands', EXIT.usage);
  }
  return runJob(
    ensureKernel(values.kernel),
    {
      command: command.length > 0 ? command : ['bash'],
      cwd: process.cwd(),
      variables: values.env ?? [],
      modules: splitNames(values.modules),
      terminal: { rows: process.stdout.rows, columns: process.stdout.columns },
    },
    { memory: values.memory, allowWarnings: false },
  );
});
