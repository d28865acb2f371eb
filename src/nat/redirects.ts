import { invalidValue } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkInteger } from '../options/index.js';
import type { NatCore } from './core.js';
import type { Subject } from './explain.js';
import { listedRule } from './listed-rule.js';
import type { ResolvedRedirect } from './redirect.js';
import { resolveRedirect } from './redirect.js';
import { lineOf, RedirectChange } from './redirect-change.js';
import type { NatRule, PositionOptions, RedirectRule } from './types.js';

const highestPosition = 2 ** 31;

/** What is done with redirects one by one. */
export class Redirects {
  readonly #core: NatCore;
  /** Rules that this handle made, by their text: what is ours where the kernel keeps no mark. */
  readonly #made = new Map<string, ResolvedRedirect>();
  readonly #remembers: boolean;

  constructor(core: NatCore) {
    this.#core = core;
    this.#remembers = core.settings.backend === 'legacy';
  }

  /** Not async: a thousand of these wait at once, and each would keep a frame of its own. */
  add(rule: RedirectRule, options?: CallOptions & PositionOptions): Promise<void> {
    try {
      const redirect = resolveRedirect(rule);
      const added = this.#ask('addRule', 'add redirect', redirect, options);
      return this.#remembers ? added.then(() => this.#remember(redirect)) : added;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async ensure(rule: RedirectRule, options?: CallOptions): Promise<'created' | 'unchanged'> {
    const redirect = resolveRedirect(rule);
    const subject = subjectOf('ensure redirect', '-A', redirect);
    const { changed } = await this.#core.edit('ensureRule', subject, redirect, options);
    if (changed) this.#remember(redirect);
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
    this.#forget(redirect);
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
      const expected = `a rule of ${from.chain} for ${from.family}, like the old one`;
      throw invalidValue('rule', expected, rule);
    }
    const subject = subjectOf('replace redirect', '-R', to);
    const scope = { ...to, replaced: from.rule };
    const { removed } = await this.#core.edit('replaceRule', subject, scope, options);
    this.#forget(from);
    this.#remember(to);
    return removed.map((row) => listedRule(from.family, row, false) as NatRule);
  }

  async validate(rule: RedirectRule, options?: CallOptions & PositionOptions): Promise<void> {
    const redirect = resolveRedirect(rule);
    await this.#ask('validateRule', 'validate redirect', redirect, options);
  }

  /** Removes what this handle made and what is still there, one by one. */
  async removeMade(options: CallOptions): Promise<NatRule[]> {
    const removed = await Promise.all(
      [...this.#made.values()].map((redirect) => this.#removeIfThere(redirect, options)),
    );
    this.#made.clear();
    return removed.flat();
  }

  #ask(
    name: 'addRule' | 'validateRule',
    operation: string,
    redirect: ResolvedRedirect,
    options: (CallOptions & PositionOptions) | undefined,
  ): Promise<void> {
    const change = new RedirectChange(operation, this.#core, redirect, placeOf(options));
    return this.#core.change(name, change, options);
  }

  #remember(redirect: ResolvedRedirect): void {
    if (this.#remembers) this.#made.set(lineOf('', redirect), redirect);
  }

  #forget(redirect: ResolvedRedirect): void {
    if (this.#remembers) this.#made.delete(lineOf('', redirect));
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

/** The place in the chain, from 0. */
function placeOf(options: PositionOptions | undefined): number | undefined {
  const position = options?.position;
  return position === undefined
    ? undefined
    : checkInteger('position', position, 1, highestPosition) - 1;
}

function subjectOf(operation: string, verb: string, redirect: ResolvedRedirect): Subject {
  return { operation, object: lineOf(verb, redirect) };
}
