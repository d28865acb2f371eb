import type { Results } from '../native/index.js';
import { RuleReader } from './read-rule.js';
import { formatRule } from './save-line.js';
import type { TablesTables } from './tables.js';
import type { LoadedChain, LoadedRule, Policy } from './types.js';

/** A table as it was when it was loaded. */
export interface Snapshot {
  readonly chains: readonly LoadedChain[];
  /** Tells whether the table is still the same, but for counters. */
  readonly fingerprint: bigint;
}

/** Puts a table together from the blocks of an answer. */
export class SnapshotReader {
  readonly #tables: TablesTables;
  readonly #rules: RuleReader;
  readonly #chains: { chain: LoadedChain; rules: (() => LoadedRule)[] }[] = [];
  #fingerprint = 0n;

  constructor(tables: TablesTables) {
    this.#tables = tables;
    this.#rules = new RuleReader(tables);
  }

  /** Takes one block; the whole is had from {@link result}. */
  read(rows: Results, at: number, table: number, size: number): undefined {
    const { scope, chain } = this.#tables;
    if (table === scope.table.index) {
      this.#fingerprint = scope.fingerprint.readBigInt(rows, at);
    } else if (table === chain.table.index) {
      this.#chains.push({ chain: this.#readChain(rows, at), rules: [] });
    } else {
      const row = this.#rules.read(rows, at, table, size);
      if (row === undefined) return;
      const { rule, packets, bytes, complete } = row;
      // Its matches are still to come.
      this.#chains.at(-1)?.rules.push(() => {
        const text = `-A ${row.chain} ${formatRule(rule)}`.trimEnd();
        return { ...rule, packets, bytes, complete, text };
      });
    }
  }

  result(): Snapshot {
    const chains = this.#chains.map(({ chain, rules }) => ({
      ...chain,
      rules: rules.map((make) => make()),
    }));
    return { chains, fingerprint: this.#fingerprint };
  }

  #readChain(rows: Results, at: number): LoadedChain {
    const { chain } = this.#tables;
    return {
      name: chain.name.read(rows, at),
      ...(chain.policy.present(rows, at) && { policy: chain.policy.read(rows, at) as Policy }),
      packets: chain.packets.readBigInt(rows, at),
      bytes: chain.bytes.readBigInt(rows, at),
      references: chain.references.read(rows, at),
      rules: [],
    };
  }
}
