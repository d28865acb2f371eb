import { setTimeout as delay } from 'node:timers/promises';
import { HandleError } from '../../errors/index.js';
import type { CallOptions } from '../../options/index.js';
import type { Watch } from '../../watch/index.js';
import type { RedirectRule } from '../types.js';
import type { Changer } from '../watch/index.js';
import type { Keeps, Loss } from './losses.js';
import { Pace } from './pace.js';
import type { Restoration } from './types.js';

/** What a keeper does its work with. */
export interface Keeping {
  readonly rule: RedirectRule;
  readonly keeps: Keeps;
  /** What is typed in a shell, for errors. */
  readonly object: string;
  readonly attempts: number;
  readonly period: number;
  readonly signal: AbortSignal | undefined;
  readonly losses: Watch<Loss>;
  /** Makes sure that the rule is there; whether it had to be made. */
  readonly ensure: (options: CallOptions) => Promise<boolean>;
  /** Called once, when it has ended. */
  readonly onEnd: () => void;
}

/** Restorations that are kept for a reader who takes none; older ones are forgotten. */
const mostUnread = 100;
const done = { done: true, value: undefined } as const;

/**
 * A rule that is put back when somebody takes it away: see {@link Nat.keepRedirect}. An async
 * iterable of what was put back and why, for one reader. It does its work whether that is read or
 * not, and keeps the process alive until it ends.
 */
export class RedirectKeeper implements AsyncIterableIterator<Restoration, void>, AsyncDisposable {
  /** The rule that is kept. */
  readonly rule: RedirectRule;
  /**
   * Resolves when the keeper has been closed, or the handle, or when this handle itself has taken the
   * rule away. Rejects with the signal's reason, with what the kernel refused, and with a
   * {@link HandleError} `ERR_LVS_GAVE_UP` when the rule was taken away too often. Nobody has to
   * listen: a rejection is no unhandled one.
   */
  readonly finished: Promise<void>;
  readonly #keeping: Keeping;
  readonly #pace: Pace;
  readonly #end = new AbortController();
  readonly #unread: Restoration[] = [];
  readonly #waiting: (() => void)[] = [];
  #ended = false;

  /** @internal The watch has begun, and the rule is there. */
  constructor(keeping: Keeping) {
    this.rule = keeping.rule;
    this.#keeping = keeping;
    this.#pace = new Pace(keeping.attempts, keeping.period);
    this.finished = this.#run();
    this.finished.catch(() => undefined);
  }

  /** @internal Whether that is the rule, as a listing has it. */
  keeps(rule: Parameters<Keeps>[0]): boolean {
    return this.#keeping.keeps(rule);
  }

  /** What was put back next; done when the keeper has ended. Rejects as `finished` does. */
  async next(): Promise<IteratorResult<Restoration, void>> {
    while (this.#unread.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const value = this.#unread.shift();
    if (value !== undefined) return { done: false, value };
    await this.finished;
    return done;
  }

  /** Ends it: what leaving a loop calls. */
  async return(): Promise<IteratorResult<Restoration, void>> {
    await this.close();
    return done;
  }

  /** Keeps the rule no longer; it stays where it is. Calling it again does no harm. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.finished.catch(() => undefined);
  }

  /** Same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Same as the keeper itself: it has one reader. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  async #run(): Promise<void> {
    const { losses, signal, onEnd } = this.#keeping;
    const stop = (): void => this.#end.abort();
    this.#end.signal.addEventListener('abort', () => void losses.close(), { once: true });
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      for await (const loss of losses) await this.#restore(loss);
    } catch (error) {
      if (!this.#end.signal.aborted && !isClosed(error)) throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      await losses.close();
      onEnd();
      this.#ended = true;
      this.#wakeReader();
    }
    if (signal?.aborted === true) throw signal.reason;
  }

  /** As often as it takes, but not for ever. */
  async #restore({ kind, by }: Loss): Promise<void> {
    const { ensure, rule } = this.#keeping;
    let failure: unknown;
    while (true) {
      const pause = this.#pace.pause(performance.now());
      if (pause === undefined) throw failure ?? this.#gaveUp(by);
      await delay(pause, undefined, { signal: this.#end.signal });
      try {
        // Somebody else may have put it back meanwhile.
        if (!(await ensure({ signal: this.#end.signal }))) return;
        this.#pace.did(performance.now());
        break;
      } catch (error) {
        if (isClosed(error) || this.#end.signal.aborted) throw error;
        this.#pace.did(performance.now());
        failure = error;
      }
    }
    const cause = kind === 'flushed' ? 'flushed' : 'removed';
    const count = this.#pace.count(performance.now());
    this.#unread.push({ rule, cause, ...(by !== undefined && { by }), count });
    if (this.#unread.length > mostUnread) this.#unread.shift();
    this.#wakeReader();
  }

  #wakeReader(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #gaveUp(by: Changer | undefined): HandleError {
    const { object, attempts, period } = this.#keeping;
    const last = by === undefined ? '' : `, the last time by ${by.name} (${by.pid})`;
    const message = `keep redirect ${object}: it was taken away more than ${attempts} times within ${period} ms${last}`;
    return new HandleError('ERR_LVS_GAVE_UP', message);
  }
}

/** The program has closed the handle, and its keepers with it. */
function isClosed(error: unknown): boolean {
  return error instanceof HandleError && error.code === 'ERR_LVS_CLOSED';
}
