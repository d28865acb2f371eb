import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { runProgram } from './program.js';

/** Files that a program opens in its second part, which runs no other program; what strace saw. */
export async function filesOpened(preparation: string, action: string): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lvs-opened-'));
  try {
    const trace = path.join(folder, 'trace');
    const source = `
      import { existsSync } from 'node:fs';
      ${preparation}
      existsSync('/begin');
      ${action}
      existsSync('/end');`;
    const calls = 'trace=%file,execve,execveat,clone,clone3,fork,vfork';
    const before = ['strace', '-f', '-qq', '-e', calls, '-o', trace];
    const { status, errors } = await runProgram(source, { before });
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    return openedIn(readFileSync(trace, 'utf8').split('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openedIn(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.includes('"/begin"'));
  const last = lines.findIndex((line) => line.includes('"/end"'));
  expect(first).toBeGreaterThan(0);
  const during = lines.slice(first, last);
  expect(during.filter((line) => /exec|fork/.test(line))).toEqual([]);
  // Threads are no processes. A call that another thread interrupts is printed in two parts; the flags are in the first.
  for (const line of during.filter((text) => /\bclone3?\(/.test(text))) {
    expect(line).toContain('CLONE_THREAD');
  }
  const opened = during.flatMap((line) => /open(?:at2?)?\(.*?"([^"]+)"/.exec(line)?.[1] ?? []);
  return [...new Set(opened)].sort();
}
