import type { Family } from '../../address/index.js';
import { Failure, Subscription } from '../../native/index.js';
import type { CallOptions } from '../../options/index.js';
import type { EventSource } from '../../watch/index.js';
import type { NatCore } from '../core.js';
import { explainFailure } from '../explain.js';
import { listedRule } from '../listed-rule.js';
import type { Rules } from '../rules.js';
import type { NatRule } from '../types.js';
import type { Announcement } from './announcements.js';
import { announcementReader } from './announcements.js';
import type { CheckedWatch } from './options.js';
import type { ChangedRule, Changer, NatChange } from './types.js';
import { RulesView } from './view.js';

/** What a transaction has done so far to the rules of a family. */
interface Transaction {
  readonly added: ChangedRule[];
  readonly removed: ChangedRule[];
  /** It says something that was not known from a listing. */
  isNews: boolean;
}

/** Changes as nf_tables announces them, transaction by transaction; a listing where it could not. */
export class NftChanges implements EventSource<NatChange> {
  readonly #core: NatCore;
  readonly #rules: Rules;
  readonly #watch: CheckedWatch;
  readonly #options: CallOptions;
  readonly #views: ReadonlyMap<Family, RulesView>;
  readonly #transactions = new Map<Family, Transaction>();
  #joined: Promise<Subscription> | undefined;

  constructor(core: NatCore, rules: Rules, watch: CheckedWatch, options: CallOptions) {
    this.#core = core;
    this.#rules = rules;
    this.#watch = watch;
    this.#options = options;
    this.#views = new Map(watch.families.map((family) => [family, new RulesView(family)]));
  }

  async start(signal: AbortSignal): Promise<void> {
    const membership = { groups: ['nftables'], bufferSize: this.#watch.bufferSize };
    const options = { ...this.#options, signal };
    this.#joined = Subscription.join(this.#core.connection, membership, options);
    await this.#told(this.#joined);
    await this.#list(signal);
  }

  async next(signal: AbortSignal): Promise<NatChange[]> {
    const subscription = await this.#joined;
    if (subscription === undefined) return [];
    const read = announcementReader(this.#core.tables);
    const { rows, lost } = await this.#told(subscription.next(read, signal));
    const changes = rows.flatMap((announcement) => this.#take(announcement));
    if (!lost) return changes;
    this.#transactions.clear();
    const found = await this.#list(signal);
    return [...changes, ...found.map((change): NatChange => ({ ...change, resync: true }))];
  }

  async stop(): Promise<void> {
    // Who did not get to join has nothing to leave.
    const subscription = await this.#joined?.catch(() => undefined);
    await subscription?.leave();
  }

  #take(announcement: Announcement): NatChange[] {
    if (announcement.kind === 'commit') return this.#commit(announcement.by);
    const { family, native } = announcement;
    const view = this.#views.get(family);
    if (view === undefined || native !== (this.#core.settings.backend === 'nftables')) return [];
    const transaction = this.#transactionOf(family);
    if (announcement.kind === 'table') {
      transaction.isNews = true;
      return [];
    }
    const { handle } = announcement.row;
    const rule = changedRule(listedRule(family, announcement.row, false) as NatRule);
    const isNews = announcement.removed ? view.remove(`${handle}`) : view.add(`${handle}`, rule);
    if (!isNews) return [];
    transaction.isNews = true;
    (announcement.removed ? transaction.removed : transaction.added).push(rule);
    return [];
  }

  #transactionOf(family: Family): Transaction {
    const known = this.#transactions.get(family);
    if (known !== undefined) return known;
    const made = { added: [], removed: [], isNews: false };
    this.#transactions.set(family, made);
    return made;
  }

  #commit(by: Changer): NatChange[] {
    const changes: NatChange[] = [];
    for (const [family, view] of this.#views) {
      const transaction = this.#transactions.get(family);
      if (transaction?.isNews === true) changes.push({ ...view.tell(transaction), by });
    }
    this.#transactions.clear();
    return changes;
  }

  /** Takes a listing for what there is; what that changed in each family, which may be nothing. */
  async #list(signal: AbortSignal): Promise<NatChange[]> {
    const changes: NatChange[] = [];
    for (const [family, view] of this.#views) {
      const listed = await this.#rules.list({ ...this.#options, family, signal });
      const rules = (listed as NatRule[]).map(
        (rule) => [`${rule.handle}`, changedRule(rule)] as const,
      );
      changes.push(view.tell(view.settle(new Map(rules))));
    }
    return changes;
  }

  async #told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw explainFailure('look', this.#core.settings, { operation: 'watch nat rules' }, error);
    }
  }
}

/** Announcements don't tell the position. */
function changedRule({ position: _, ...rule }: NatRule): ChangedRule {
  return rule;
}
