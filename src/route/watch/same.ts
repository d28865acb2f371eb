import { isDeepStrictEqual } from 'node:util';
import type { Seen } from '../seen.js';

/** An object that is known. */
export interface Entry<T> extends Seen<T> {
  readonly object: T;
}

const lifetimes = ['validLifetime', 'preferredLifetime'] as const;
/** Seconds by which the kernel's clock and ours may differ. */
const tolerance = 2;

/** What was read twice is the same, but for lifetimes that have run down meanwhile. */
export function isSame<T extends object>(before: Entry<T>, now: Entry<T>): boolean {
  if (!haveRunDown(before, now)) return isDeepStrictEqual(before.object, now.object);
  const still = Object.fromEntries(
    lifetimes.filter((name) => name in before.object).map((name) => [name, 0]),
  );
  return isDeepStrictEqual({ ...before.object, ...still }, { ...now.object, ...still });
}

function haveRunDown<T extends object>(before: Entry<T>, now: Entry<T>): boolean {
  if (before.clock === undefined || before.clock.given !== now.clock?.given) return false;
  const most = (now.clock.read - before.clock.read) / 1000 + tolerance;
  return lifetimes.every((name) => {
    const [was, is] = [before.object, now.object].map(
      (object) => (object as { readonly [lifetime in typeof name]?: number })[name],
    );
    if (was === undefined || is === undefined) return was === is;
    return was >= is && was - is <= most;
  });
}
