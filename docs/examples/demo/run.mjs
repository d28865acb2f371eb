// @ts-check
// `npm run demo`: makes the machine ready, builds, and tells the story on a kernel with IPVS: in fresh namespaces
// on the machine's own where it has it, else on one of Debian's that the lab boots. Needs nothing but Node.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import {
  dependencies,
  examplesBuild,
  execute,
  machine,
  nativeBuild,
  prepare,
  typescriptBuild,
  unlessDone,
} from '../../../test/prepare.mjs';

/** Whether the machine's kernel has IPVS: built in, loaded, or as a module that can be loaded. */
function hasIpvs() {
  if (existsSync('/proc/net/ip_vs')) return true;
  return spawnSync('modprobe', ['--dry-run', '--quiet', 'ip_vs']).status === 0;
}

/** The terminal is ours to see, not the kernel's where the story is told. */
function colour() {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  return process.stdout.isTTY && !NO_COLOR && FORCE_COLOR === undefined ? { FORCE_COLOR: '1' } : {};
}

const kernel = hasIpvs() ? 'host' : 'uml-6.1';
const problem = prepare([
  machine(['build', 'base', kernel]),
  dependencies,
  unlessDone(nativeBuild([]), 'build/Release/lvs.node', ['native', 'binding.gyp']),
  unlessDone(typescriptBuild, 'dist/index.js', ['src', 'tsconfig.json']),
  unlessDone(examplesBuild, 'build/examples/demo/main.js', ['docs/examples', 'dist']),
]);
if (problem === undefined) {
  const lab = ['test/lab/run.mjs', '--quiet', '--timeout=120', '--kernel', kernel, '--'];
  const story = [process.execPath, '--enable-source-maps', 'build/examples/demo/main.js'];
  const status = execute(process.execPath, [...lab, ...story], { env: colour() });
  process.exitCode = typeof status === 'number' ? status : 1;
} else {
  console.error(`the demo can't be prepared: ${problem}`);
  process.exitCode = 1;
}
