import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** Runs a program, expects it to succeed, and returns what it says. */
export function run(command: string, args: readonly string[], timeout: number): string {
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

/** Whether a program can be run, and succeeds. */
export function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { env: { ...process.env, PATH } }).status === 0;
}

export const hasCompiler = succeeds('g++', ['--version']);

/** The C++ files of a folder, but for some. */
export function sources(directory: string, except: readonly string[] = []): string[] {
  return readdirSync(path.join(root, directory))
    .filter((name) => name.endsWith('.cc') && !except.includes(name))
    .map((name) => path.join(directory, name));
}

/** Where objects and counters are kept while coverage is measured. */
const measured = process.env['LVS_COVERAGE'];

const flags = [
  '-std=c++17',
  '-fno-exceptions',
  '-g',
  // What sanitizers add to a line would count as code of its own.
  ...(measured === undefined
    ? ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all']
    : ['-O0', '--coverage']),
  '-Wall',
  '-Wextra',
  '-Werror',
  // GCC's own documentation: false alarms together with sanitizers. std::variant raises some.
  '-Wno-maybe-uninitialized',
  '-Inative',
  '-Itest/native/check',
];

/** A program of tests, built under sanitizers in a folder of its own. */
class TestProgram {
  readonly #directory = mkdtempSync(path.join(measured ?? tmpdir(), 'lvs-native-'));
  readonly file = path.join(this.#directory, 'tests');

  build(files: readonly string[]): void {
    const all = [...sources('test/native/check'), ...files];
    const objects = all.map((file) => this.#compile(file));
    run('g++', [...flags, ...objects, '-o', this.file], 300_000);
  }

  remove(): void {
    if (measured === undefined) rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Files of two folders may have one name, and so would their counters. */
  #compile(file: string): string {
    const object = path.join(this.#directory, `${file.replaceAll('/', '-')}.o`);
    run('g++', [...flags, '-c', file, '-o', object], 300_000);
    return object;
  }
}

/** The program of these files, for the tests of the group that this is called in. */
export function useProgram(files: readonly string[]): { readonly file: string } {
  const program = new TestProgram();
  beforeAll(() => program.build(files), 300_000);
  afterAll(() => program.remove());
  return program;
}
