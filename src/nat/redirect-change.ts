import type { Arena } from '../native/index.js';
import { formatRule } from '../xtables/save-line.js';
import { command } from './command.js';
import type { Change, NatCore } from './core.js';
import type { ResolvedRedirect } from './redirect.js';

/** A redirect being added: a thousand of these wait at once, so it holds little. */
export class RedirectChange implements Change {
  readonly operation: string;
  readonly argument: number;
  readonly #core: NatCore;
  readonly #redirect: ResolvedRedirect;
  readonly #position: number | undefined;

  /** @param position - in the chain, from 0 */
  constructor(
    operation: string,
    core: NatCore,
    redirect: ResolvedRedirect,
    position: number | undefined,
  ) {
    this.operation = operation;
    this.argument = core.argument;
    this.#core = core;
    this.#redirect = redirect;
    this.#position = position;
  }

  get object(): string {
    return lineOf(this.#position === undefined ? '-A' : '-I', this.#redirect);
  }

  write(arena: Arena): void {
    this.#core.writeScope(arena, this.#redirect, this.#position);
  }
}

/** What is typed in a shell. */
export function lineOf(verb: string, { family, chain, rule }: ResolvedRedirect): string {
  return `${command(family)} ${verb} ${chain} ${formatRule(rule)}`;
}
