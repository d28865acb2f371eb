import { release } from 'node:os';

/** The schedulers of the mainline kernel, by name. */
const mainline = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'fo',
  'ovf',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'mh',
  'sed',
  'nq',
  'twos',
];

/** A scheduler, and whether it needs to be loaded first. */
export interface Scheduler {
  /** As `scheduler` of a service takes it: `'wlc'`. */
  readonly name: string;
  /** `'loaded'`, or `'loadable'` when the kernel will load its module on first use. */
  readonly state: 'loaded' | 'loadable';
}

/**
 * The schedulers that this kernel has: those loaded or built in, and those whose modules lie under
 * `/lib/modules`. Read from `/proc/modules` and the module folder's index files; a kernel whose
 * folder is not there shows only what is loaded.
 */
export async function listSchedulers(): Promise<Scheduler[]> {
  const folder = `/lib/modules/${release()}`;
  const [loaded, builtIn, loadable] = await Promise.all([
    modulesIn('/proc/modules', /^ip_vs_(\w+) /gm),
    modulesIn(`${folder}/modules.builtin`, /\/ip_vs_(\w+)\.ko/g),
    modulesIn(`${folder}/modules.dep`, /^[^:]*\/ip_vs_(\w+)\.ko[^:]*:/gm),
  ]);
  const present = new Set([...loaded, ...builtIn]);
  const all = new Set([...present, ...loadable]);
  return [...all]
    .sort()
    .map((name) => ({ name, state: present.has(name) ? 'loaded' : 'loadable' }));
}

/** Modules named ip_vs_… that are no schedulers: helpers and persistence engines. */
const others = /^(ftp|pe_.*)$/;

async function modulesIn(file: string, pattern: RegExp): Promise<string[]> {
  // An import at the top would cost every program the time that it takes.
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(file, 'utf8').catch(() => '');
  const names = Array.from(text.matchAll(pattern), (match) => match[1] ?? '');
  return names.filter((name) => !others.test(name));
}

/** Why the kernel found no such scheduler or engine, and which names come near. */
export async function explainScheduler(
  scheduler: string,
  engine: string | undefined,
): Promise<{ readonly cause: string; readonly cure: string }> {
  const known = await listSchedulers();
  const names = known.map(({ name }) => name);
  if (engine !== undefined && (scheduler === 'none' || names.includes(scheduler))) {
    return {
      cause: `the kernel has no persistence engine "${engine}"`,
      cure: 'mainline has "sip" (module ip_vs_pe_sip)',
    };
  }
  const near = nearest(scheduler, [...new Set([...names, ...mainline])]);
  const cause = `the kernel has no scheduler "${scheduler}"${
    engine === undefined ? '' : ` or no persistence engine "${engine}"`
  }`;
  const hint =
    near.length === 0 ? '' : `did you mean ${near.map((name) => `"${name}"`).join(' or ')}? `;
  return { cause, cure: `${hint}${describe(known)}` };
}

function describe(known: readonly Scheduler[]): string {
  const list = (state: Scheduler['state']): string =>
    known
      .filter((scheduler) => scheduler.state === state)
      .map(({ name }) => name)
      .join(', ');
  const [loaded, loadable] = [list('loaded'), list('loadable')];
  const parts = [loaded && `loaded: ${loaded}`, loadable && `loadable: ${loadable}`];
  return parts.filter(Boolean).join('; ') || 'no scheduler is loaded; modprobe ip_vs_rr loads one';
}

/** Names at most one edit away. */
function nearest(word: string, names: readonly string[]): string[] {
  return names.filter((name) => name !== word && distance(word, name) === 1);
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const substituted = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
