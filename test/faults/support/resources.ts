import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, vi } from 'vitest';

/** What a handle takes of the process: sockets, event descriptors and threads. */
interface Resources {
  readonly descriptors: number;
  readonly threads: number;
}

/** Node opens descriptors of its own when it likes, but none of these kinds. */
const ours = /^(socket:|anon_inode:\[eventfd\]|\/proc\/|\/run\/)/;

export function resources(): Resources {
  return {
    descriptors: readdirSync('/proc/self/fd').filter((name) => ours.test(targetOf(name))).length,
    threads: readdirSync('/proc/self/task').length,
  };
}

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ''; // the one that the folder itself was read through
  }
}

/** After each test of the file the process has what it had before it. */
export function expectNothingLeft(): void {
  let before: Resources;
  beforeEach(() => {
    before = resources();
  });
  afterEach(async () => {
    // A thread that ends by itself does so just after its last word.
    await vi.waitFor(() => expect(resources()).toEqual(before), { timeout: 10_000 });
  });
}
