import type { CallOptions } from '../../options/index.js';
import type { EventSource } from '../../watch/index.js';
import { Watch } from '../../watch/index.js';
import { formatRule } from '../../xtables/save-line.js';
import { command } from '../command.js';
import type { NatCore } from '../core.js';
import { resolveRedirect } from '../redirect.js';
import type { Redirects } from '../redirects.js';
import type { Rules } from '../rules.js';
import type { NatRule, RedirectRule } from '../types.js';
import { NftChanges } from '../watch/nft-source.js';
import { RedirectKeeper } from './keeper.js';
import type { Keeps, Loss } from './losses.js';
import { AnnouncedLosses, MissedRule } from './losses.js';
import type { CheckedKeep } from './options.js';
import { checkKeep } from './options.js';
import type { KeepOptions } from './types.js';

/** The rules that a handle keeps. */
export class Keepers {
  readonly #core: NatCore;
  readonly #redirects: Redirects;
  readonly #rules: Rules;
  readonly #keepers = new Set<RedirectKeeper>();

  constructor(core: NatCore, redirects: Redirects, rules: Rules) {
    this.#core = core;
    this.#redirects = redirects;
    this.#rules = rules;
  }

  async keep(rule: RedirectRule, options: KeepOptions = {}): Promise<RedirectKeeper> {
    const { family, chain, rule: resolved } = resolveRedirect(rule);
    const how = checkKeep(options, family);
    const { signal } = options;
    signal?.throwIfAborted();
    const text = `-A ${chain} ${formatRule(resolved)}`;
    const keeps: Keeps = (other) => other.family === family && other.text === text;
    const losses = new Watch(this.#lossesOf(rule, keeps, how), undefined);
    const ensure = async (calls: CallOptions): Promise<boolean> =>
      (await this.#redirects.ensure(rule, { ...how.calls, ...calls })) === 'created';
    try {
      await losses.ready();
      await ensure({ signal });
    } catch (error) {
      await losses.close();
      throw error;
    }
    const { attempts, period } = how;
    const object = `${command(family)} ${text}`;
    const onEnd = (): unknown => this.#keepers.delete(keeper);
    const keeping = { rule, object, keeps, attempts, period, signal, losses, ensure, onEnd };
    const keeper = new RedirectKeeper(keeping);
    this.#keepers.add(keeper);
    return keeper;
  }

  #lossesOf(rule: RedirectRule, keeps: Keeps, { watch, calls }: CheckedKeep): EventSource<Loss> {
    if (this.#core.settings.backend !== 'legacy') {
      return new AnnouncedLosses(new NftChanges(this.#core, this.#rules, watch, calls), keeps);
    }
    const [family] = watch.families;
    return new MissedRule(
      watch.interval,
      async (signal) => (await this.#redirects.get(rule, { ...calls, signal })) !== undefined,
      (signal) => this.#rules.list({ ...calls, family, signal }),
    );
  }

  /** What this handle itself has taken away is not to be put back. */
  async release(rules: readonly Pick<NatRule, 'family' | 'text'>[]): Promise<void> {
    const gone = [...this.#keepers].filter((keeper) => rules.some((rule) => keeper.keeps(rule)));
    await Promise.all(gone.map((keeper) => keeper.close()));
  }
}
