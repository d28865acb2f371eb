import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const dist = path.resolve(import.meta.dirname, '../../dist');

/** Runs a program that imports from `dist`, and counts what all its threads sent over netlink, and asked about devices. */
export function systemCallsOf(program: string): {
  readonly sends: number;
  readonly questions: number;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'lvs-calls-'));
  try {
    const trace = path.join(folder, 'trace');
    const strace = ['-f', '-qq', '-o', trace, '-e', 'trace=sendto,sendmsg,ioctl'];
    const node = ['--input-type=module', '--eval', `const dist = '${dist}';\n${program}`];
    const { status, stderr } = spawnSync('strace', [...strace, process.execPath, ...node], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    const text = readFileSync(trace, 'utf8');
    return { sends: count(text, /AF_NETLINK/g), questions: count(text, /SIOCGIFINDEX/g) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
