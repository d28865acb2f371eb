import { setTimeout as wait } from 'node:timers/promises';

/** Waits so many milliseconds; rejects with `signal.reason` when that comes first. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
