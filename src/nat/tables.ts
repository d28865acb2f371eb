import type { Family } from '../address/index.js';
import type {
  ChoiceField,
  CounterField,
  NumberField,
  Operation,
  Protocol,
  Table,
  TextField,
} from '../native/index.js';
import type { RuleTables } from '../xtables/rule-tables.js';
import { bindRuleTables, families } from '../xtables/rule-tables.js';

/** What a request is about. */
export interface ScopeFields {
  readonly table: Table;
  readonly family: ChoiceField<Family>;
  readonly chain: TextField;
  readonly position: NumberField;
  readonly handle: CounterField;
  readonly lockTimeout: NumberField;
  readonly owned: NumberField;
}

/** What can be seen of the kernel. */
export interface SightFields {
  readonly table: Table;
  readonly legacyIpv4: NumberField;
  readonly legacyIpv6: NumberField;
  readonly nftIpv4: NumberField;
  readonly nftIpv6: NumberField;
  readonly nftError: NumberField;
}

export const operationNames = [
  'look',
  'probe',
  'listRules',
  'addRule',
  'ensureRule',
  'removeRule',
  'flush',
] as const;
export type OperationName = (typeof operationNames)[number];

/** What the addon's nat protocol looks like, field by field. */
export interface NatTables extends RuleTables {
  readonly protocol: Protocol;
  readonly operations: { readonly [name in OperationName]: Operation };
  readonly scope: ScopeFields;
  readonly sight: SightFields;
  readonly outcome: { readonly table: Table; readonly changed: NumberField };
}

/** Binds every name to its place; throws where the two sides disagree. */
export function bindTables(protocol: Protocol): NatTables {
  const operations = operationNames.map((name) => [name, protocol.operation(name)] as const);
  const outcome = protocol.table('outcome');
  return {
    ...bindRuleTables(protocol),
    protocol,
    operations: Object.fromEntries(operations) as NatTables['operations'],
    scope: scopeFields(protocol.table('scope')),
    sight: sightFields(protocol.table('sight')),
    outcome: { table: outcome, changed: outcome.number('changed') },
  };
}

function scopeFields(table: Table): ScopeFields {
  return {
    table,
    family: table.choice('family', families),
    chain: table.text('chain'),
    position: table.number('position'),
    handle: table.counter('handle'),
    lockTimeout: table.number('lockTimeout'),
    owned: table.number('owned'),
  };
}

function sightFields(table: Table): SightFields {
  return {
    table,
    legacyIpv4: table.number('legacyIpv4'),
    legacyIpv6: table.number('legacyIpv6'),
    nftIpv4: table.number('nftIpv4'),
    nftIpv6: table.number('nftIpv6'),
    nftError: table.number('nftError'),
  };
}
