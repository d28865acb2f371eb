import { spawnSync } from 'node:child_process';
import process from 'node:process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Milliseconds; a compiler on a busy machine needs some of it. */
const limit = 600_000;

/** Runs a program to its end, whatever that is. */
export function attempt(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Outcome {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    encoding: 'utf8',
    timeout: limit,
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { status, output: stdout, errors: stderr };
}

/** Runs a program that has to succeed; returns what it prints. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): string {
  const { status, output, errors } = attempt(command, args, options);
  if (status === 0) return output;
  throw new Error(`${command} ${args.join(' ')}: exit status ${status}\n${output}${errors}`);
}
