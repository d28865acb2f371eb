import type { Family } from '../address/index.js';
import { invalidValue } from '../errors/index.js';
import type { CounterOptions } from '../ipvs/index.js';
import type { CallOptions } from '../options/index.js';
import { checkBoolean, checkChoice } from '../options/index.js';
import { families } from '../xtables/rule-tables.js';
import { command } from './command.js';
import type { NatCore } from './core.js';
import { listedRule } from './listed-rule.js';
import type { FamilyOptions, NatChain, NatRule } from './types.js';

type ListOptions = CallOptions & FamilyOptions & CounterOptions;

/** What is done with all rules of the table at once, or with any of them. */
export class Rules {
  readonly #core: NatCore;

  constructor(core: NatCore) {
    this.#core = core;
  }

  list(options: ListOptions = {}): Promise<NatRule<number | bigint>[]> {
    return eachFamily(options, async (family, bigint, callOptions) => {
      const subject = { operation: 'list rules', object: `${command(family)} -S` };
      const rows = await this.#core.read('listRules', subject, { family }, callOptions);
      return rows.map((row) => listedRule(family, row, bigint));
    });
  }

  listChains(options: ListOptions = {}): Promise<NatChain<number | bigint>[]> {
    const { chain } = this.#core.tables;
    return eachFamily(options, async (family, bigint, callOptions) => {
      const subject = { operation: 'list chains', object: `${command(family)} -S` };
      const reply = await this.#core.askIn<NatChain<number | bigint>>(
        'listChains',
        subject,
        { family },
        callOptions,
        (rows, at) => ({
          family,
          name: chain.name.read(rows, at),
          ...(chain.policy.present(rows, at) && {
            policy: chain.policy.read(rows, at) as 'ACCEPT' | 'DROP',
          }),
          packets: bigint ? chain.packets.readBigInt(rows, at) : chain.packets.readNumber(rows, at),
          bytes: bigint ? chain.bytes.readBigInt(rows, at) : chain.bytes.readNumber(rows, at),
        }),
      );
      return reply.rows;
    });
  }

  async flush(options: CallOptions & FamilyOptions = {}): Promise<NatRule[]> {
    const { family = 'ipv4', ...callOptions } = options;
    checkChoice('family', family, families);
    const subject = { operation: 'flush', object: `${command(family)} -F` };
    const { removed } = await this.#core.edit('flush', subject, { family }, callOptions);
    return removed.map((row) => listedRule(family, row, false) as NatRule);
  }

  /** Removes the rules that carry our mark. */
  flushMarked(options: CallOptions): Promise<NatRule[]> {
    return eachFamily<NatRule>(options, async (family) => {
      const subject = { operation: 'flush own rules', object: command(family) };
      const { removed } = await this.#core.edit('flushOwn', subject, { family }, options);
      return removed.map((row) => listedRule(family, row, false) as NatRule);
    });
  }

  /** What was removed. */
  async remove(rule: NatRule<number | bigint>, options?: CallOptions): Promise<NatRule[]> {
    const { family, chain, handle, text } = rule;
    if (handle === undefined && !rule.complete) {
      throw invalidValue('rule', 'one that is told in full (complete: true)', text);
    }
    const subject = {
      operation: 'remove rule',
      object: `${command(family)} ${text.replace(/^-A/, '-D')}`,
    };
    const scope = { family, chain, handle, rule };
    const { removed } = await this.#core.edit('removeRule', subject, scope, options);
    return removed.map((row) => listedRule(family, row, false) as NatRule);
  }

  async zero(options: CallOptions & FamilyOptions = {}): Promise<void> {
    const { family, ...callOptions } = options;
    await eachFamily({ family }, async (each) => {
      const subject = { operation: 'zero counters', object: `${command(each)} -Z` };
      await this.#core.edit('zeroCounters', subject, { family: each }, callOptions);
      return [];
    });
  }
}

async function eachFamily<T>(
  options: ListOptions,
  run: (family: Family, bigint: boolean, options: CallOptions) => Promise<T[]>,
): Promise<T[]> {
  const { family, bigint = false, ...callOptions } = options;
  checkBoolean('bigint', bigint);
  const wanted = family === undefined ? families : [checkChoice('family', family, families)];
  const lists = await Promise.all(wanted.map((each) => run(each, bigint, callOptions)));
  return lists.flat();
}
