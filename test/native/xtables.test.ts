// native/xtables knows nothing of Node; its tests are a C++ program that this one builds and runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

function run(command: string, args: readonly string[], timeout: number): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, PATH },
    encoding: 'utf8',
    timeout,
  });
  const output = `${stdout}${stderr}`;
  expect(error, output).toBeUndefined();
  expect(status, output).toBe(0);
  return output;
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { env: { ...process.env, PATH } }).status === 0;
}

function sources(directory: string): string[] {
  return readdirSync(path.join(root, directory))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => path.join(directory, name));
}

// A network namespace and a /run of its own, so that neither the machine's tables nor its lock are seen.
const namespaces = process.getuid?.() === 0 ? ['-n', '-m'] : ['-r', '-n', '-m'];
const isolated = (script: string): readonly string[] => [
  ...namespaces,
  'sh',
  '-ec',
  `mount -t tmpfs tmpfs /run; ${script}`,
];
const hasCompiler = succeeds('g++', ['--version']);
const hasLegacyTables = succeeds('unshare', isolated('iptables-legacy -L; ip6tables-legacy -L'));

describe.skipIf(!hasCompiler)('native/xtables', () => {
  let directory = '';
  let program = '';

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'lvs-xtables-'));
    program = path.join(directory, 'xtables_test');
    const flags = [
      '-std=c++17',
      '-g',
      '-O1',
      '-fsanitize=address,undefined',
      '-fno-sanitize-recover=all',
      '-Wall',
      '-Wextra',
      '-Werror',
      // GCC's own documentation: false alarms together with sanitizers. std::variant raises some.
      '-Wno-maybe-uninitialized',
      '-Inative',
    ];
    const files = [...sources('native/xtables'), ...sources('test/native/xtables')];
    run('g++', [...flags, ...files, '-o', program], 300_000);
  }, 300_000);

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  test('without a kernel', () => {
    expect(run(program, [], 240_000)).toMatch(/^\d+ passed, 0 failed$/m);
  }, 240_000);

  test.skipIf(!hasLegacyTables)(
    'against the kernel and iptables',
    () => {
      expect(run('unshare', isolated(`exec ${program} kernel`), 240_000)).toMatch(
        /^\d+ passed, 0 failed$/m,
      );
    },
    240_000,
  );
});
