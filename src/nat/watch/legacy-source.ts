import { setTimeout as delay } from 'node:timers/promises';
import type { Family } from '../../address/index.js';
import type { CallOptions } from '../../options/index.js';
import type { EventSource } from '../../watch/index.js';
import { command } from '../command.js';
import type { NatCore } from '../core.js';
import type { Rules } from '../rules.js';
import type { NatRule } from '../types.js';
import type { CheckedWatch } from './options.js';
import type { ChangedRule, NatChange } from './types.js';
import { RulesView } from './view.js';

/** How often a table is listed again that changes all the time. */
const mostListings = 5;

/** The rules of a family, and what they looked like in the kernel's table. */
interface Watched {
  readonly family: Family;
  readonly view: RulesView;
  fingerprint: bigint;
}

/** Changes of legacy tables, which nobody announces: a look from time to time, that makes no table. */
export class LegacyChanges implements EventSource<NatChange> {
  readonly #core: NatCore;
  readonly #rules: Rules;
  readonly #interval: number;
  readonly #options: CallOptions;
  readonly #watched: readonly Watched[];
  #looked = 0;

  constructor(core: NatCore, rules: Rules, watch: CheckedWatch, options: CallOptions) {
    this.#core = core;
    this.#rules = rules;
    this.#interval = watch.interval;
    this.#options = options;
    this.#watched = watch.families.map((family) => ({
      family,
      view: new RulesView(family),
      fingerprint: 0n,
    }));
  }

  async start(signal: AbortSignal): Promise<void> {
    for (const watched of this.#watched) await this.#look(watched, signal);
    this.#looked = performance.now();
  }

  async next(signal: AbortSignal): Promise<NatChange[]> {
    const left = this.#looked + this.#interval - performance.now();
    if (left > 0) await delay(left, undefined, { signal });
    this.#looked = performance.now();
    const changes: NatChange[] = [];
    for (const watched of this.#watched) changes.push(...(await this.#look(watched, signal)));
    return changes;
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  async #look(watched: Watched, signal: AbortSignal): Promise<NatChange[]> {
    const { family, view } = watched;
    const options = { ...this.#options, signal };
    const before = watched.fingerprint;
    watched.fingerprint = await this.#fingerprint(family, options);
    if (watched.fingerprint === before) return [];
    let listed: readonly NatRule[] = [];
    // What comes between the two is in the listing, and must not be told again by the next look.
    for (let read = 0n, left = mostListings; left > 0 && read !== watched.fingerprint; left--) {
      read = watched.fingerprint;
      listed = (await this.#rules.list({ ...options, family })) as NatRule[];
      watched.fingerprint = await this.#fingerprint(family, options);
    }
    return [view.tell(view.settle(numbered(listed)))];
  }

  async #fingerprint(family: Family, options: CallOptions): Promise<bigint> {
    const { rows } = await this.#core.askIn(
      'fingerprint',
      { operation: 'watch nat rules', object: command(family) },
      { family },
      options,
      (results, at) => this.#core.tables.fingerprint.readBigInt(results, at),
    );
    return rows[0] ?? 0n;
  }
}

/** Rules by what they say; of several that are the same each has a key of its own. */
function numbered(rules: readonly NatRule[]): Map<string, ChangedRule> {
  const counts = new Map<string, number>();
  return new Map(
    rules.map(({ position: _, ...rule }) => {
      const count = (counts.get(rule.text) ?? 0) + 1;
      counts.set(rule.text, count);
      return [`${count} ${rule.text}`, rule];
    }),
  );
}
