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
import type { EditKind } from './edits.js';
import { editKinds } from './edits.js';
import type { Target } from './rule.js';
import type { RuleTables } from './rule-tables.js';
import { bindRuleTables, families, targetKinds } from './rule-tables.js';

const operationNames = ['listTables', 'loadTable', 'commitTable'] as const;
export type OperationName = (typeof operationNames)[number];

interface TableScopeFields {
  readonly table: Table;
  readonly family: ChoiceField<Family>;
  readonly name: TextField;
  readonly fingerprint: CounterField;
  readonly lockTimeout: NumberField;
}

interface ChainFields {
  readonly table: Table;
  readonly name: TextField;
  readonly policy: TextField;
  readonly packets: CounterField;
  readonly bytes: CounterField;
  readonly references: NumberField;
}

interface EditFields {
  readonly table: Table;
  readonly kind: ChoiceField<EditKind>;
  readonly chain: TextField;
  readonly newName: TextField;
  readonly position: NumberField;
  readonly policy: ChoiceField<Target['kind']>;
}

/** What the addon's protocol for whole tables looks like, field by field. */
export interface TablesTables extends RuleTables {
  readonly protocol: Protocol;
  readonly operations: { readonly [name in OperationName]: Operation };
  readonly scope: TableScopeFields;
  readonly chain: ChainFields;
  readonly edit: EditFields;
}

/** Binds every name to its place; throws where the two sides disagree. */
export function bindTables(protocol: Protocol): TablesTables {
  const operations = operationNames.map((name) => [name, protocol.operation(name)] as const);
  return {
    ...bindRuleTables(protocol),
    protocol,
    operations: Object.fromEntries(operations) as TablesTables['operations'],
    scope: scopeFields(protocol.table('tableScope')),
    chain: chainFields(protocol.table('chain')),
    edit: editFields(protocol.table('tableEdit')),
  };
}

function scopeFields(table: Table): TableScopeFields {
  return {
    table,
    family: table.choice('family', families),
    name: table.text('name'),
    fingerprint: table.counter('fingerprint'),
    lockTimeout: table.number('lockTimeout'),
  };
}

function chainFields(table: Table): ChainFields {
  return {
    table,
    name: table.text('name'),
    policy: table.text('policy'),
    packets: table.counter('packets'),
    bytes: table.counter('bytes'),
    references: table.number('references'),
  };
}

function editFields(table: Table): EditFields {
  return {
    table,
    kind: table.choice('kind', editKinds),
    chain: table.text('chain'),
    newName: table.text('newName'),
    position: table.number('position'),
    policy: table.choice('policy', targetKinds),
  };
}
