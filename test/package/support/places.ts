import path from 'node:path';

/** The project. */
export const project = path.resolve(import.meta.dirname, '../../..');
/** What is fetched once. */
export const cache = path.resolve(import.meta.dirname, '../.cache');

/** Where things are in the run's own folder, which is outside the project: nothing is found by chance. */
export interface Places {
  readonly folder: string;
  /** The package as `npm pack` makes it. */
  readonly tarball: string;
  /** An empty project, but for the package that is installed there. */
  readonly consumer: string;
  /** The package in there. */
  readonly installed: string;
}

export function placesIn(folder: string, tarball: string): Places {
  const consumer = path.join(folder, 'consumer');
  return { folder, tarball, consumer, installed: path.join(consumer, 'node_modules/lvs') };
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly places: Places;
  }
}
