import { run } from './commands.js';

/** What a shared object wants of the machine it is loaded on. */
export interface Needs {
  readonly machine: string;
  readonly libraries: readonly string[];
  /** Symbols that others have to have: the name, without a version. */
  readonly symbols: readonly string[];
  /** Symbols that others may use. */
  readonly exports: readonly string[];
  /** The highest version of each kind: `{ GLIBC: '2.17' }`. */
  readonly versions: Readonly<Record<string, string>>;
}

/** As readelf says it, which knows the files of every processor. */
export function readNeeds(file: string): Needs {
  const text = run('readelf', ['--wide', '--file-header', '--dynamic', '--dyn-syms', file]);
  const symbols = [
    ...text.matchAll(/^ *\d+: \w+ +\d+ \w+ +(\w+) +\w+ +(\w+) ([^@\s]+)(?:@+(\w+))?/gm),
  ];
  const versions: Record<string, string> = {};
  for (const [, , , , version = ''] of symbols) {
    const [kind = '', number = ''] = version.split('_');
    if (number !== '' && !reaches(versions[kind] ?? '', number)) versions[kind] = number;
  }
  return {
    machine: /Machine: +(.+)/.exec(text)?.[1] ?? '',
    libraries: [...text.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name = '']) => name),
    // What is weak may be missing.
    symbols: symbols
      .filter(([, binding, section]) => section === 'UND' && binding !== 'WEAK')
      .map(([, , , name = '']) => name),
    exports: symbols
      .filter(([, binding, section]) => section !== 'UND' && binding !== 'LOCAL')
      .map(([, , , name = '']) => name),
    versions,
  };
}

/** Whether a version is as high as another or higher: 2.17 is higher than 2.4. */
export function reaches(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) >= 0;
}
