import type { Family } from '../../address/index.js';
import type { ChangedRule, NatChange } from './types.js';

/** The rules of a family as they are known to be, and what becomes of them. */
export class RulesView {
  readonly #family: Family;
  readonly #rules = new Map<string, ChangedRule>();

  constructor(family: Family) {
    this.#family = family;
  }

  /** `false`: it is known already. */
  add(key: string, rule: ChangedRule): boolean {
    const known = this.#rules.has(key);
    this.#rules.set(key, rule);
    return !known;
  }

  /** `false`: it is gone already. */
  remove(key: string): boolean {
    return this.#rules.delete(key);
  }

  /** Takes a listing for what there is, and tells what that changes. */
  settle(listed: ReadonlyMap<string, ChangedRule>): Difference {
    const added = [...listed].filter(([key]) => !this.#rules.has(key)).map(([, rule]) => rule);
    const removed = [...this.#rules].filter(([key]) => !listed.has(key)).map(([, rule]) => rule);
    this.#rules.clear();
    for (const [key, rule] of listed) this.#rules.set(key, rule);
    return { added, removed };
  }

  /** Puts a change in words, to be called when it has been taken in. */
  tell({ added, removed }: Difference): NatChange {
    const left = withoutTwins(added, removed);
    const gone = withoutTwins(removed, added);
    const flushed = gone.length > 0 && this.#rules.size === 0;
    const kind = flushed ? 'flushed' : 'changed';
    return { kind, family: this.#family, added: left, removed: gone };
  }
}

/** Rules that came, and rules that went. */
export interface Difference {
  readonly added: readonly ChangedRule[];
  readonly removed: readonly ChangedRule[];
}

/** Rules of which the others have none that is the same: nf_tables sets a counter by a new rule. */
function withoutTwins(
  rules: readonly ChangedRule[],
  others: readonly ChangedRule[],
): ChangedRule[] {
  const twins = others.map(({ text }) => text);
  return rules.filter(({ text }) => {
    const found = twins.indexOf(text);
    if (found < 0) return true;
    twins.splice(found, 1);
    return false;
  });
}
