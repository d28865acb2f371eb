#!/usr/bin/env node
// Runs one command on a real kernel. See README.md.
import { parseCommandLine } from './lib/arguments.mjs';
import { runJob } from './lib/boot.mjs';
import { KERNELS, ensureKernel } from './lib/kernels.mjs';
import { EXIT, complain, runMain, setQuiet } from './lib/report.mjs';

const OPTIONS = /** @type {const} */ ({
  kernel: { type: 'string', default: 'uml-6.1' },
  timeout: { type: 'string', default: '300' },
  memory: { type: 'string', default: '1G' },
  modules: { type: 'string', default: '' },
  env: { type: 'string', multiple: true, default: [] },
  'allow-warnings': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
});

const USAGE = `usage: node test/lab/run.mjs [OPTION…] [--] COMMAND [ARGUMENT…]
  --kernel NAME      ${Object.keys(KERNELS).join(', ')} (default ${OPTIONS.kernel.default})
  --timeout SECONDS  for boot and command together (default ${OPTIONS.timeout.default})
  --memory SIZE      of the kernel, such as 512M (default ${OPTIONS.memory.default})
  --modules A,B      kernel modules to load first
  --env NAME         pass this environment variable too; may be repeated
  --allow-warnings   a WARNING or BUG in the kernel's log is no failure
  --quiet            say nothing besides the command's output and failures`;

await runMain(() => {
  const { values, command, problem } = read(process.argv.slice(2));
  if (problem) {
    complain(`${problem}\n${USAGE}`);
    return EXIT.usage;
  }
  setQuiet(values.quiet);
  return runJob(
    ensureKernel(values.kernel),
    {
      command,
      cwd: process.cwd(),
      variables: values.env,
      modules: values.modules.split(',').filter((name) => name !== ''),
    },
    {
      timeout: Number(values.timeout),
      memory: values.memory,
      allowWarnings: values['allow-warnings'],
    },
  );
});

/** @param {string[]} words */
function read(words) {
  try {
    const line = parseCommandLine(words, OPTIONS);
    if (line.command.length === 0) return { problem: 'no command' };
    if (!(Number(line.values.timeout) > 0)) return { problem: '--timeout wants seconds' };
    return line;
  } catch (error) {
    return { problem: error.message };
  }
}
