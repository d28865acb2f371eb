import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';

export const root = path.resolve(import.meta.dirname, '../../..');

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a module of JavaScript that finds the built package as its users do, in a process of its own. */
export function runProgram(
  source: string,
  {
    before = [],
    node = [],
  }: { readonly before?: readonly string[]; readonly node?: string[] } = {},
): Promise<Outcome> {
  const words = [process.execPath, ...node, '--input-type=module', '--eval', source];
  const [command = '', ...args] = [...before, ...words];
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { output: '', errors: '' };
  child.stdout.on('data', (chunk) => (texts.output += chunk));
  child.stderr.on('data', (chunk) => (texts.errors += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...texts }));
  });
}

/** What a program says that has to end well and without a word on stderr. */
export async function outputOf(
  source: string,
  options: Parameters<typeof runProgram>[1] = {},
): Promise<string> {
  const { status, output, errors } = await runProgram(source, options);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  return output.trim();
}
