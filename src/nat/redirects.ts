import { invalidType } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkInteger } from '../options/index.js';
import { formatRule } from '../xtables/save-line.js';
import { command } from './command.js';
import type { NatCore } from './core.js';
import { listedRule } from './listed-rule.js';
import type { ResolvedRedirect } from './redirect.js';
import { resolveRedirect } from './redirect.js';
import type { NatRule, PositionOptions, RedirectRule } from './types.js';

const highestPosition = 2 ** 31;

/** What is done with redirects one by one. */
export class Redirects {
  readonly #core: NatCore;
  /** Rules that this handle made, by their text: what is ours where the kernel keeps no mark. */
  readonly #made = new Map<string, ResolvedRedirect>();

  constructor(core: NatCore) {
    this.#core = core;
  }

  async add(rule: RedirectRule, options: CallOptions & PositionOptions = {}): Promise<void> {
    const { place, callOptions } = placeOf(options);
    const redirect = resolveRedirect(rule);
    const subject = subjectOf('add redirect', verbFor(place), redirect);
    await this.#core.edit('addRule', subject, { ...redirect, position: place }, callOptions);
    this.#made.set(subjectOf('', '', redirect).object, redirect);
  }

  async ensure(rule: RedirectRule, options?: CallOptions): Promise<'created' | 'unchanged'> {
    const redirect = resolveRedirect(rule);
    const subject = subjectOf('ensure redirect', '-A', redirect);
    const { changed } = await this.#core.edit('ensureRule', subject, redirect, options);
    if (changed) this.#made.set(subjectOf('', '', redirect).object, redirect);
    return changed ? 'created' : 'unchanged';
  }

  /** What was removed. */
  async remove(rule: RedirectRule, options?: CallOptions): Promise<NatRule[]> {
    const redirect = resolveRedirect(rule);
    const { removed } = await this.#core.edit(
      'removeRule',
      subjectOf('remove redirect', '-D', redirect),
      redirect,
      options,
    );
    this.#made.delete(subjectOf('', '', redirect).object);
    return removed.map((row) => listedRule(redirect.family, row, false) as NatRule);
  }

  async get(rule: RedirectRule, options?: CallOptions): Promise<NatRule | undefined> {
    const redirect = resolveRedirect(rule);
    const subject = subjectOf('get redirect', '-C', redirect);
    const [row] = await this.#core.read('findRule', subject, redirect, options);
    return row && (listedRule(redirect.family, row, false) as NatRule);
  }

  /** What was removed. */
  async replace(old: RedirectRule, rule: RedirectRule, options?: CallOptions): Promise<NatRule[]> {
    const from = resolveRedirect(old);
    const to = resolveRedirect(rule);
    if (from.family !== to.family || from.chain !== to.chain) {
      throw invalidType(
        'rule',
        `a rule of ${from.chain} for ${from.family}, like the old one`,
        rule,
      );
    }
    const subject = subjectOf('replace redirect', '-R', to);
    const scope = { ...to, replaced: from.rule };
    const { removed } = await this.#core.edit('replaceRule', subject, scope, options);
    this.#made.delete(subjectOf('', '', from).object);
    this.#made.set(subjectOf('', '', to).object, to);
    return removed.map((row) => listedRule(from.family, row, false) as NatRule);
  }

  async validate(rule: RedirectRule, options: CallOptions & PositionOptions = {}): Promise<void> {
    const { place, callOptions } = placeOf(options);
    const redirect = resolveRedirect(rule);
    const subject = subjectOf('validate redirect', verbFor(place), redirect);
    await this.#core.edit('validateRule', subject, { ...redirect, position: place }, callOptions);
  }

  /** Removes what this handle made and what is still there, one by one. */
  async removeMade(options: CallOptions): Promise<NatRule[]> {
    const removed = await Promise.all(
      [...this.#made.values()].map((redirect) => this.#removeIfThere(redirect, options)),
    );
    this.#made.clear();
    return removed.flat();
  }

  async #removeIfThere(redirect: ResolvedRedirect, options: CallOptions): Promise<NatRule[]> {
    try {
      const subject = subjectOf('remove own redirect', '-D', redirect);
      const { removed } = await this.#core.edit('removeRule', subject, redirect, options);
      return removed.map((row) => listedRule(redirect.family, row, false) as NatRule);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }
}

/** The place in the chain, from 0, and what is left of the options. */
function placeOf({ position, ...callOptions }: CallOptions & PositionOptions): {
  readonly place: number | undefined;
  readonly callOptions: CallOptions;
} {
  const place =
    position === undefined ? undefined : checkInteger('position', position, 1, highestPosition) - 1;
  return { place, callOptions };
}

function verbFor(place: number | undefined): string {
  return place === undefined ? '-A' : '-I';
}

function subjectOf(
  operation: string,
  verb: string,
  { family, chain, rule }: ResolvedRedirect,
): { readonly operation: string; readonly object: string } {
  return { operation, object: `${command(family)} ${verb} ${chain} ${formatRule(rule)}` };
}
