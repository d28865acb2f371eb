import type { Family } from '../address/index.js';
import type {
  AddressField,
  Arena,
  ChoiceField,
  FlagsField,
  NumberField,
  Protocol,
  Results,
  Table,
  TextField,
} from '../native/index.js';
import { families } from './families.js';
import { formatPrefix } from './prefix.js';
import { protocolNames, tableNames } from './route-names.js';
import type { ResolvedRule, RuleNumber } from './rule-config.js';
import { ruleActions, ruleNumbers } from './rule-config.js';
import type { Rule, RuleAction } from './rule-types.js';
import type { Seen } from './seen.js';

/** The record of a routing rule. */
export class RuleRecord {
  readonly table: Table;
  readonly #family: ChoiceField<Family>;
  readonly #action: ChoiceField<RuleAction>;
  readonly #flags: FlagsField<'not'>;
  readonly #networks: Readonly<Record<'from' | 'to', readonly [AddressField, NumberField]>>;
  readonly #devices: Readonly<Record<'inDevice' | 'outDevice', TextField>>;
  readonly #numbers: readonly (readonly [RuleNumber, NumberField])[];
  readonly #table: ChoiceField<(typeof tableNames)[number]>;
  readonly #protocol: ChoiceField<(typeof protocolNames)[number]>;

  constructor(protocol: Protocol) {
    const table = protocol.table('rule');
    this.table = table;
    this.#family = table.choice('family', families);
    this.#action = table.choice('action', ruleActions);
    this.#flags = table.flags('flags', ['not']);
    this.#networks = {
      from: [table.address('from'), table.number('fromPrefixLength')],
      to: [table.address('to'), table.number('toPrefixLength')],
    };
    this.#devices = { inDevice: table.text('inDevice'), outDevice: table.text('outDevice') };
    this.#numbers = ruleNumbers.map((name) => [name, table.number(name)]);
    this.#table = table.choice('table', tableNames);
    this.#protocol = table.choice('protocol', protocolNames);
  }

  write(arena: Arena, rule: ResolvedRule): void {
    const at = arena.record(this.table);
    this.#family.writeName(arena, at, rule.family);
    if (rule.action !== undefined) this.#action.writeName(arena, at, rule.action);
    if (rule.not) this.#flags.write(arena, at, ['not']);
    for (const name of ['from', 'to'] as const) {
      const prefix = rule[name];
      const [address, length] = this.#networks[name];
      if (prefix === undefined) continue;
      address.write(arena, at, prefix.address);
      length.write(arena, at, prefix.length);
    }
    for (const name of ['inDevice', 'outDevice'] as const) {
      const device = rule[name];
      if (device !== undefined) this.#devices[name].write(arena, at, device);
    }
    for (const [name, field] of this.#numbers) {
      const number = rule.numbers[name];
      if (number !== undefined) field.write(arena, at, number);
    }
    if (rule.table !== undefined) this.#table.writeValue(arena, at, rule.table);
    if (rule.protocol !== undefined) this.#protocol.writeValue(arena, at, rule.protocol);
  }

  writeFilter(arena: Arena, family: Family | undefined): void {
    const at = arena.record(this.table);
    if (family !== undefined) this.#family.writeName(arena, at, family);
  }

  read(rows: Results, at: number): Rule | undefined {
    const family = this.#family.readName(rows, at);
    const action = this.#action.readName(rows, at);
    if (family === undefined || action === undefined) return undefined;
    const numbers = this.#numbers
      .filter(([name, field]) => field.present(rows, at) && this.#says(name, field.read(rows, at)))
      .map(([name, field]) => [name, field.read(rows, at)] as const);
    return {
      priority: 0,
      ...Object.fromEntries(numbers),
      family,
      action,
      ...this.#readNetworks(rows, at),
      ...this.#readDevices(rows, at),
      ...(this.#flags.read(rows, at).length > 0 && { not: true }),
      ...(action === 'lookup' && { table: this.#table.readValue(rows, at) }),
      protocol: this.#protocol.readValue(rows, at),
    };
  }

  /** A rule, which is known by all that it says: the kernel gives it no key. */
  readSeen(rows: Results, at: number): Seen<Rule> {
    const object = this.read(rows, at);
    const key = JSON.stringify(object) ?? '';
    return { slot: key, key, object };
  }

  /** The header's tos is always there, and the kernel sends a mask that is whole. */
  #says(name: RuleNumber, value: number): boolean {
    if (name === 'tos') return value !== 0;
    return name !== 'mask' || value !== 0xff_ff_ff_ff;
  }

  #readNetworks(rows: Results, at: number): { from?: string; to?: string } {
    const texts = (['from', 'to'] as const).flatMap((name) => {
      const [address, length] = this.#networks[name];
      if (!address.present(rows, at)) return [];
      const prefix = { address: address.read(rows, at), length: length.read(rows, at) };
      return [[name, formatPrefix(prefix)] as const];
    });
    return Object.fromEntries(texts);
  }

  #readDevices(rows: Results, at: number): { inDevice?: string; outDevice?: string } {
    const names = Object.entries(this.#devices).filter(([, field]) => field.present(rows, at));
    return Object.fromEntries(names.map(([name, field]) => [name, field.read(rows, at)]));
  }
}
