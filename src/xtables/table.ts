import type { Family } from '../address/index.js';
import { HandleError, invalidValue } from '../errors/index.js';
import type { CallOptions } from '../options/index.js';
import { checkChoice, checkInteger, checkText } from '../options/index.js';
import { checkRule } from './check-rule.js';
import type { TablesCore } from './core.js';
import type { Edit } from './edits.js';
import { formatRule } from './save-line.js';
import type { Snapshot } from './snapshot.js';
import type { LoadedChain, LoadedRule, NewRule, Policy } from './types.js';

const policies: readonly Policy[] = ['ACCEPT', 'DROP'];
const longestChain = 28;
const highestPosition = 2 ** 31;

/**
 * A table as it was loaded, and the edits that are to be made of it. Nothing reaches the kernel
 * before {@link XtablesTable.commit}, and then all of it does or nothing.
 *
 * Positions count from 1, as `iptables -L --line-numbers` does, in the table as the edits before
 * leave it.
 */
export class XtablesTable {
  readonly #core: TablesCore;
  readonly #snapshot: Snapshot;
  readonly #edits: Edit[] = [];
  #done = false;
  /** Whether it is a table of `iptables` or `ip6tables`. */
  readonly family: Family;
  /** `'nat'`, `'filter'`, … */
  readonly name: string;

  /** @internal */
  constructor(core: TablesCore, family: Family, name: string, snapshot: Snapshot) {
    this.#core = core;
    this.#snapshot = snapshot;
    this.family = family;
    this.name = name;
  }

  /** The chains as they were loaded, in the kernel's order; edits don't show here. */
  get chains(): readonly LoadedChain[] {
    return this.#snapshot.chains;
  }

  /** The chain of that name as it was loaded, or `undefined`. */
  chain(name: string): LoadedChain | undefined {
    return this.chains.find((chain) => chain.name === name);
  }

  /** Whether there is anything to commit. */
  get edited(): boolean {
    return this.#edits.length > 0;
  }

  /** Adds a rule behind the last of its chain (`-A`). */
  appendRule(chain: string, rule: NewRule): this {
    return this.#add('insert', '-A', chain, { rule });
  }

  /** Adds a rule at a position (`-I`), by default the first. */
  insertRule(chain: string, rule: NewRule, position = 1): this {
    return this.#add('insert', '-I', chain, { rule, position: place(position) });
  }

  /** Puts a rule in another's place (`-R`). */
  replaceRule(chain: string, position: number, rule: NewRule): this {
    return this.#add('replace', '-R', chain, { rule, position: place(position) });
  }

  /** Removes the rule at a position, or the first that is the same (`-D`). */
  removeRule(chain: string, rule: number | NewRule | LoadedRule): this {
    return typeof rule === 'number'
      ? this.#add('delete', '-D', chain, { position: place(rule) })
      : this.#add('deleteSame', '-D', chain, { rule });
  }

  /** Removes the rules of a chain, or of all chains (`-F`). */
  flush(chain?: string): this {
    return this.#add('flush', '-F', chain);
  }

  /** Sets counters to zero (`-Z`): of a rule, of a chain with its policy, or of all. */
  zeroCounters(chain?: string, position?: number): this {
    return this.#add(
      'zero',
      '-Z',
      chain,
      position === undefined ? {} : { position: place(position) },
    );
  }

  /** Sets what becomes of packets that no rule of a builtin chain decides (`-P`). */
  setPolicy(chain: string, policy: Policy): this {
    return this.#add('policy', '-P', chain, { policy: checkChoice('policy', policy, policies) });
  }

  /** Makes a chain (`-N`). */
  addChain(name: string): this {
    return this.#add('newChain', '-N', name);
  }

  /** Renames a chain (`-E`); the rules that lead to it follow. */
  renameChain(chain: string, name: string): this {
    return this.#add('renameChain', '-E', chain, {
      newName: checkText('name', name, longestChain),
    });
  }

  /** Removes a chain that is empty and that no rule leads to (`-X`). */
  removeChain(name: string): this {
    return this.#add('deleteChain', '-X', name);
  }

  /**
   * Makes all edits in one step, under the xtables lock. Counters of rules that stay go on. A table
   * is committed once; load it again for more.
   *
   * @throws KernelError `EAGAIN`: somebody changed the table since it was loaded, or held the lock
   *   for too long; nothing was done. `ENOENT`: no such chain or rule, or the kernel lacks a match
   *   or target. `EEXIST`, `ENOTEMPTY`, `EBUSY`: of chains. `ERANGE`: no such position. `EINVAL`:
   *   the kernel refuses a rule. `ELOOP`: chains lead to each other in a circle.
   */
  async commit(options?: CallOptions): Promise<void> {
    this.#checkUsable();
    this.#done = true;
    if (!this.edited) return;
    await this.#core.commit(this, this.#snapshot.fingerprint, this.#edits, options);
  }

  #add(
    kind: Edit['kind'],
    option: string,
    chain: string | undefined,
    what: Omit<Edit, 'kind' | 'text' | 'chain'> = {},
  ): this {
    this.#checkUsable();
    if (chain !== undefined) checkText('chain', chain, longestChain);
    if (what.rule !== undefined) {
      checkRule(what.rule, this.family);
      checkCounters(what.rule);
    }
    this.#edits.push({ kind, chain, ...what, text: textOf(option, chain, what) });
    return this;
  }

  #checkUsable(): void {
    if (!this.#done) return;
    throw new HandleError(
      'ERR_LVS_CLOSED',
      'the table was committed; load it again for more edits',
    );
  }
}

function place(position: unknown): number {
  return checkInteger('position', position, 1, highestPosition) - 1;
}

function checkCounters(rule: NewRule): void {
  for (const name of ['packets', 'bytes'] as const) {
    const value = rule[name];
    const good =
      typeof value === 'bigint' ? value >= 0n && value < 2n ** 64n : Number.isSafeInteger(value);
    if (value !== undefined && (!good || value < 0)) {
      throw invalidValue(`rule.${name}`, 'a whole number of at most 64 bits', value);
    }
  }
}

function textOf(
  option: string,
  chain: string | undefined,
  { position, newName, policy, rule }: Omit<Edit, 'kind' | 'text' | 'chain'>,
): string {
  const parts = [option, chain, position === undefined ? undefined : position + 1, newName, policy];
  const words = parts.filter((part) => part !== undefined).join(' ');
  return rule === undefined ? words : `${words} ${formatRule(rule)}`.trimEnd();
}
