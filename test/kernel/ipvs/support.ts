import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { Ipvs } from '../../../src/ipvs/index.js';

const root = path.resolve(import.meta.dirname, '../../..');

export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

let made = 0;

/** A network namespace, and what is done in it. */
export class Director {
  readonly name: string;
  readonly file: string;
  readonly #handles: Ipvs[] = [];

  /** Stands for a namespace; makes none. */
  constructor(name = `ipvs${process.pid}-${++made}`) {
    this.name = name;
    this.file = `/run/netns/${name}`;
  }

  /** Opens a handle, which is closed after the test. */
  async open(): Promise<Ipvs> {
    // Where the kernel is emulated it takes seconds to load a scheduler.
    const ipvs = await Ipvs.open({ netns: this.name, timeout: 60_000 });
    this.#handles.push(ipvs);
    return ipvs;
  }

  /** Runs a program in the namespace. */
  run(command: string, args: readonly string[], input = ''): string {
    const entered = [`--net=${this.file}`, command, ...args];
    const { status, stdout, stderr } = spawnSync('nsenter', entered, {
      encoding: 'utf8',
      input,
      timeout: 20_000,
    });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  ipvsadm(...args: string[]): string {
    return this.run('ipvsadm', args);
  }

  /** What `ipvsadm -Sn` says, in an order of its own: the kernel's is that of a hash. */
  saved(): string[] {
    return linesOf(this.ipvsadm('-Sn')).sort();
  }

  /** Gives `ipvsadm` lines as its `-S` writes them. */
  replay(lines: readonly string[]): void {
    // -R stops at the first mistake, but ends with success when there is none.
    this.run('ipvsadm', ['-R'], `${lines.join('\n')}\n`);
  }

  async close(): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.close()));
    ip('netns', 'delete', this.name);
  }
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Makes a namespace as hosts are: `lo` up, without which IPVS takes no destination at all. */
export async function makeDirector({ up = true } = {}): Promise<{
  director: Director;
  ipvs: Ipvs;
}> {
  const director = new Director();
  ip('netns', 'add', director.name);
  if (up) ip('-n', director.name, 'link', 'set', 'lo', 'up');
  return { director, ipvs: await director.open() };
}

/** A namespace for the tests of a file, emptied after each of them. */
export function useDirector(): { readonly director: Director; readonly ipvs: Ipvs } {
  let current: { director: Director; ipvs: Ipvs } | undefined;
  const get = (): { director: Director; ipvs: Ipvs } => {
    if (current === undefined) throw new Error('only inside a test');
    return current;
  };
  beforeAll(async () => {
    current = await makeDirector();
  });
  afterEach(() => get().ipvs.flush());
  afterAll(() => current?.director.close());
  return {
    get director() {
      return get().director;
    },
    get ipvs() {
      return get().ipvs;
    },
  };
}

/** Runs a module of JavaScript that imports the built package, in a process of its own. */
export function runProgram(
  source: string,
  { before = [], node = [] }: { readonly before?: string[]; readonly node?: string[] } = {},
): { readonly status: number | null; readonly output: string; readonly errors: string } {
  const program = `import { Ipvs } from '${root}/dist/index.js';\n${source}`;
  const [command = '', ...args] = [
    ...before,
    process.execPath,
    ...node,
    '--input-type=module',
    '--eval',
    program,
  ];
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 55_000,
  });
  return { status, output: stdout, errors: stderr };
}

/** What a rejected promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('did not fail');
}
