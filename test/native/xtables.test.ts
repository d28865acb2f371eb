// native/xtables knows nothing of Node; its tests are a C++ program that this one builds and runs.
import { describe, expect, test } from 'vitest';
import { hasCompiler, run, sources, succeeds, useProgram } from './program.js';

// A network namespace and a /run of its own, so that neither the machine's tables nor its lock are seen.
const namespaces = process.getuid?.() === 0 ? ['-n', '-m'] : ['-r', '-n', '-m'];
const isolated = (script: string): readonly string[] => [
  ...namespaces,
  'sh',
  '-ec',
  `mount -t tmpfs tmpfs /run; ${script}`,
];
const hasLegacyTables = succeeds('unshare', isolated('iptables-legacy -L; ip6tables-legacy -L'));

describe.skipIf(!hasCompiler)('native/xtables', () => {
  const program = useProgram([...sources('native/xtables'), ...sources('test/native/xtables')]);

  test('without a kernel', () => {
    expect(run(program.file, [], 240_000)).toMatch(/^\d+ passed, 0 failed$/m);
  }, 240_000);

  test.skipIf(!hasLegacyTables)(
    'against the kernel and iptables',
    () => {
      expect(run('unshare', isolated(`exec ${program.file} kernel`), 240_000)).toMatch(
        /^\d+ passed, 0 failed$/m,
      );
    },
    240_000,
  );
});
