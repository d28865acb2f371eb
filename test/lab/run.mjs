#!/usr/bin/env node
// Runs one command on a real kernel. See README.md.
import { parseCommandLine, splitNames, usageError } from './lib/arguments.mjs';
import { runJob } from './lib/boot.mjs';
import { ensureKernel, KERNELS } from './lib/kernels.mjs';
import { runMain, setQuiet } from './lib/report.mjs';

const OPTIONS = /** @type {const} */ ({
  kernel: { type: 'string', default: 'uml-6.1' },
  timeout: { type: 'string', default: '300' },
  memory: { type: 'string', default: '1G' },
  cpu: { type: 'string', default: process.env['LVS_LAB_CPU'] ?? '' },
  modules: { type: 'string', default: '' },
  env: { type: 'string', multiple: true },
  'allow-warnings': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
});

const USAGE = `usage: node test/lab/run.mjs [OPTION…] [--] COMMAND [ARGUMENT…]
  --kernel NAME      ${Object.keys(KERNELS).join(', ')} (default ${OPTIONS.kernel.default})
  --timeout SECONDS  for boot and command together (default ${OPTIONS.timeout.default})
  --memory SIZE      of the kernel, such as 512M (default ${OPTIONS.memory.default})
  --cpu N            keeps User-Mode Linux on the N-th processor, counted from 0, where it is several times as
                     fast; the variable LVS_LAB_CPU does the same (default any)
  --modules A,B      kernel modules to load first
  --env NAME         pass this environment variable too; may be repeated
  --allow-warnings   a WARNING or BUG in the kernel's log is no failure
  --quiet            say nothing besides the command's output and failures`;

await runMain(() => {
  const { values, command } = parseCommandLine(OPTIONS, USAGE);
  if (command.length === 0) throw usageError('no command', USAGE);
  setQuiet(values.quiet);
  return runJob(
    ensureKernel(values.kernel),
    {
      command,
      cwd: process.cwd(),
      variables: values.env ?? [],
      modules: splitNames(values.modules),
    },
    {
      timeout: parseTimeout(values.timeout),
      memory: values.memory,
      cpu: values.cpu,
      allowWarnings: values['allow-warnings'],
    },
  );
});

/** @param {string} text */
function parseTimeout(text) {
  const seconds = Number(text);
  const most = 2 ** 31 / 1000; // beyond it a timer of Node fires at once
  if (seconds > 0 && seconds < most) return seconds;
  throw usageError(`--timeout wants a number of seconds above 0, not \`${text}\``, USAGE);
}
