import { setTimeout as delay } from 'node:timers/promises';
import type { EventSource } from '../../watch/index.js';
import type { NatRule } from '../types.js';
import type { NatChange } from '../watch/index.js';

/** The rule that is kept is gone, or may be. */
export type Loss = Pick<NatChange, 'kind' | 'by'>;

/** Which rule is kept, as a listing has it. */
export type Keeps = (rule: Pick<NatRule, 'family' | 'text'>) => boolean;

/** What announcements tell of the rule. */
export class AnnouncedLosses implements EventSource<Loss> {
  readonly #changes: EventSource<NatChange>;
  readonly #keeps: Keeps;

  constructor(changes: EventSource<NatChange>, keeps: Keeps) {
    this.#changes = changes;
    this.#keeps = keeps;
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#changes.start(signal);
  }

  async next(signal: AbortSignal): Promise<Loss[]> {
    const changes = await this.#changes.next(signal);
    // Of a rule that came and went while announcements were lost, nothing is told.
    return changes.filter(
      ({ removed, resync }) => resync === true || removed.some((rule) => this.#keeps(rule)),
    );
  }

  stop(): Promise<void> {
    return this.#changes.stop();
  }
}

/**
 * Looks for the rule from time to time. Changes between looks would not do: a rule that was put back
 * and taken away again in between makes none.
 */
export class MissedRule implements EventSource<Loss> {
  readonly #interval: number;
  readonly #isThere: (signal: AbortSignal) => Promise<boolean>;
  readonly #list: (signal: AbortSignal) => Promise<readonly unknown[]>;

  constructor(
    interval: number,
    isThere: (signal: AbortSignal) => Promise<boolean>,
    list: (signal: AbortSignal) => Promise<readonly unknown[]>,
  ) {
    this.#interval = interval;
    this.#isThere = isThere;
    this.#list = list;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async next(signal: AbortSignal): Promise<Loss[]> {
    await delay(this.#interval, undefined, { signal });
    if (await this.#isThere(signal)) return [];
    const others = await this.#list(signal);
    return [{ kind: others.length === 0 ? 'flushed' : 'changed' }];
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
