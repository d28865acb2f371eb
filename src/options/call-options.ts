import { invalidType } from '../errors/index.js';
import { checkInteger } from './check.js';

/** What every call that talks to the kernel takes. */
export interface CallOptions {
  /**
   * Ends the wait: the promise is rejected with `signal.reason`. A request that has not been handed
   * to the kernel yet is withdrawn; one that has been can't be recalled and may still take effect.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the kernel may take for this request once its turn has come; requests queued
   * before it on the same handle don't count. Default: the handle's, which is 5000. For a limit on
   * the whole wait pass `AbortSignal.timeout(ms)` as `signal`.
   */
  readonly timeout?: number | undefined;
}

/** What every handle can be opened with. */
export interface OpenOptions extends CallOptions {
  /**
   * Network namespace that the handle works in: a name under `/run/netns` or the path of a
   * namespace file (`/proc/1234/ns/net`). Default: that of the surrounding `withNetns`, or else the
   * caller's own.
   */
  readonly netns?: string | undefined;
}

/** Longest timeout: what `setTimeout` can wait for, in milliseconds. */
const longest = 2 ** 31 - 1;

/** Throws on what is no object, no signal or no timeout. */
export function checkCallOptions(options: CallOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw invalidType('options', 'an object', options);
  }
  if (options.timeout !== undefined) checkInteger('timeout', options.timeout, 1, longest);
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    throw invalidType('signal', 'an AbortSignal', options.signal);
  }
}
