import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const RUN = path.join(import.meta.dirname, 'run.mjs');
const BOOT = 60_000; // milliseconds; a boot takes two seconds, of a machine that does nothing else

interface Result {
  status: number | null;
  output: Buffer;
  errors: string;
}

// The lab's own temporary files go here, so that what it leaves behind can be told from the rest.
let temporary: string;

beforeAll(() => {
  temporary = mkdtempSync(path.join(tmpdir(), 'lab-test-'));
});

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

function start(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [RUN, '--quiet', '--timeout', '50', ...args], {
    cwd: temporary,
    env: { ...process.env, TMPDIR: temporary, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const result = new Promise<Result>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, output: Buffer.concat(output), errors: Buffer.concat(errors).toString() });
    });
  });
  return { child, result };
}

function lab(...args: string[]): Promise<Result> {
  return start(args).result;
}

function labFolders(): string[] {
  return readdirSync(temporary).filter((name) => name.startsWith('lvs-lab-'));
}

/** Command lines of running processes that name one of the lab's temporary files. */
function labProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter((line) => line.includes(path.join(temporary, 'lvs-lab-')));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // ended since its name was read
  }
}

function expectNothingLeft(): void {
  expect(labFolders()).toEqual([]);
  expect(labProcesses()).toEqual([]);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe.each(['uml-6.1', 'host'])('a command on %s', (kernel) => {
  test('its exit status and both of its outputs are the lab’s', { timeout: BOOT }, async () => {
    const result = await lab('--kernel', kernel, 'sh', '-c', 'echo out; echo err >&2; exit 7');
    expect(result.status).toBe(7);
    expect(result.output.toString()).toBe('out\n');
    expect(result.errors).toBe('err\n');
    expectNothingLeft();
  });

  test('arguments arrive as they were', { timeout: BOOT }, async () => {
    const words = [
      '',
      ' a  b ',
      `'"\\`,
      '$HOME `id` $(id)',
      'two\nlines\n',
      'ümläut ☃',
      '--kernel',
      '-',
    ];
    const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const result = await lab('--kernel', kernel, '--', 'node', '-e', print, '--', ...words);
    expect(JSON.parse(result.output.toString())).toEqual(words);
  });

  test('a large binary output is complete', { timeout: BOOT }, async () => {
    const bytes = Buffer.from(Array.from({ length: 1_300_000 }, (_, index) => (index * 31) % 257));
    const file = path.join(temporary, `${kernel}.bin`);
    writeFileSync(file, bytes);
    const result = await lab('--kernel', kernel, 'cat', file);
    expect(result.output.equals(bytes)).toBe(true);
  });

  test('output is there while the command runs', { timeout: BOOT }, async () => {
    const { child, result } = start(['--kernel', kernel, 'sh', '-c', 'echo first; sleep 40']);
    const first = await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(String(first)).toBe('first\n');
    child.kill('SIGTERM');
    expect((await result).status).toBe(128 + 15);
    expectNothingLeft();
  });

  test('it sees the folder, the kernel’s name and chosen variables only', {
    timeout: BOOT,
  }, async () => {
    const { result } = start(
      [
        '--kernel',
        kernel,
        '--env',
        'CHOSEN',
        'sh',
        '-c',
        'pwd; echo $LVS_LAB_KERNEL $CHOSEN $OTHER',
      ],
      { CHOSEN: 'yes', OTHER: 'no' },
    );
    expect((await result).output.toString()).toBe(`${temporary}\n${kernel} yes\n`);
  });

  test('it has /run, /tmp and the network to itself', { timeout: BOOT }, async () => {
    const mark = path.basename(temporary);
    const look = `ls /sys/class/net; ip -o link show up; ip netns add ${mark}; touch /tmp/${mark}-file`;
    const result = await lab('--kernel', kernel, 'sh', '-c', look);
    expect(result.output.toString()).toMatch(/^lo\n1: lo: .*\n$/);
    expect(existsSync(`/run/netns/${mark}`)).toBe(false);
    expect(existsSync(`/tmp/${mark}-file`)).toBe(false);
  });

  test('one that hangs is cut at the time limit', { timeout: BOOT }, async () => {
    const hang = 'trap "" TERM HUP; setsid sleep 900 & sleep 901';
    const result = await lab('--kernel', kernel, '--timeout', '8', 'sh', '-c', hang);
    expect(result.status).toBe(124);
    expect(result.errors).toContain('the command runs after 8 s');
    expectNothingLeft();
  });

  test('even SIGKILL of the lab leaves no process behind', { timeout: BOOT }, async () => {
    const { child, result } = start(['--kernel', kernel, 'sh', '-c', 'echo; sleep 900']);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await result;
    await until(() => labProcesses().length === 0);
    for (const name of labFolders()) rmSync(path.join(temporary, name), { recursive: true });
  });
});

describe('a lab kernel', () => {
  test.each(['uml-6.1', 'uml-6.12', 'uml-7.2'])(
    '%s is what it is called',
    { timeout: 5 * BOOT },
    async (kernel) => {
      const result = await lab('--kernel', kernel, '--timeout', '250', 'uname', '-r');
      expect(result.status, result.errors).toBe(0);
      expect(`uml-${result.output}`).toMatch(new RegExp(`^${kernel.replaceAll('.', '\\.')}\\.`));
    },
  );

  test('loads the modules that are asked for', { timeout: BOOT }, async () => {
    const look =
      'grep -c "^ip_vs " /proc/modules; modprobe ip_vs_wlc && grep -c "^ip_vs_wlc " /proc/modules';
    const result = await lab('--modules', 'ip_vs', 'sh', '-c', look);
    expect(result.output.toString()).toBe('1\n1\n');
  });

  test('says which module it cannot load', { timeout: BOOT }, async () => {
    const result = await lab('--modules', 'ip_vs,no_such_module', 'true');
    expect(result.status).toBe(125);
    expect(result.errors).toContain('cannot load module no_such_module');
  });

  test('loads IPVS and its schedulers by itself', { timeout: BOOT }, async () => {
    const use =
      'ipvsadm -A -t 10.0.0.1:80 -s rr && ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.2 -g && ipvsadm -Sn';
    const result = await lab('sh', '-c', `${use}; grep -o "^ip_vs_rr " /proc/modules`);
    expect(
      result.output
        .toString()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      '-A -t 10.0.0.1:80 -s rr',
      '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 1',
      'ip_vs_rr',
      '',
    ]);
  });

  test('that panics is told of, with its log', { timeout: BOOT }, async () => {
    const result = await lab('sh', '-c', 'echo before; echo c >/proc/sysrq-trigger; sleep 40');
    expect(result.status).toBe(125);
    expect(result.output.toString()).toBe('before\n');
    expect(result.errors).toMatch(
      /went down before the command ended\n.*Kernel panic - not syncing: sysrq/,
    );
    expectNothingLeft();
  });

  test('that complains makes a success a failure, unless that is allowed', {
    timeout: BOOT,
  }, async () => {
    const complain = 'echo "<4>WARNING: CPU: 0 PID: 1 at lab.test.ts" >/dev/kmsg';
    const refused = await lab('sh', '-c', complain);
    expect(refused.status).toBe(125);
    expect(refused.errors).toContain('WARNING: CPU: 0 PID: 1 at lab.test.ts');
    const allowed = await lab('--allow-warnings', 'sh', '-c', complain);
    expect(allowed.status).toBe(0);
  });

  test('runs beside another one', { timeout: BOOT }, async () => {
    const talk = (name: string) =>
      lab('sh', '-c', `ip netns add ${name}; touch /tmp/${name}; sleep 2; ip netns; ls /tmp`);
    const [one, two] = await Promise.all([talk('one'), talk('two')]);
    expect(one.output.toString()).toMatch(/^one\n/);
    expect(one.output.toString()).not.toContain('two');
    expect(two.output.toString()).toMatch(/^two\n/);
    expect(two.output.toString()).not.toContain('one');
  });
});

describe('the command line', () => {
  test.each([
    { args: ['--kernel', 'uml-0.1', 'true'], status: 125, message: 'no kernel `uml-0.1`' },
    { args: ['--no-such-option', 'true'], status: 2, message: "Unknown option '--no-such-option'" },
    { args: ['--timeout', 'soon', 'true'], status: 2, message: '--timeout wants a number' },
    { args: [], status: 2, message: 'no command' },
  ])('$args is refused', async ({ args, status, message }) => {
    const result = await lab(...args);
    expect(result.status).toBe(status);
    expect(result.errors).toContain(message);
  });

  test('a command that is not there has status 127', { timeout: BOOT }, async () => {
    expect((await lab('--kernel', 'host', 'no-such-command')).status).toBe(127);
  });
});
