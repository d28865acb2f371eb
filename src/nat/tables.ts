import type { Family } from '../address/index.js';
import type {
  AddressField,
  ChoiceField,
  CounterField,
  NumberField,
  Operation,
  Protocol,
  Table,
  TextField,
} from '../native/index.js';
import type { ProtocolName, RuleTables } from '../xtables/rule-tables.js';
import { bindRuleTables, families, protocolNames } from '../xtables/rule-tables.js';

/** What a request is about. */
interface ScopeFields {
  readonly table: Table;
  readonly family: ChoiceField<Family>;
  readonly chain: TextField;
  readonly position: NumberField;
  readonly handle: CounterField;
  readonly lockTimeout: NumberField;
  readonly owned: NumberField;
}

/** What can be seen of the kernel. */
interface SightFields {
  readonly table: Table;
  readonly legacyIpv4: NumberField;
  readonly legacyIpv6: NumberField;
  readonly nftIpv4: NumberField;
  readonly nftIpv6: NumberField;
  readonly nftError: NumberField;
}

const operationNames = [
  'look',
  'probe',
  'findRule',
  'listRules',
  'listChains',
  'fingerprint',
  'dropConnections',
  'addRule',
  'ensureRule',
  'removeRule',
  'replaceRule',
  'flush',
  'flushOwn',
  'zeroCounters',
  'validateRule',
] as const;
export type OperationName = (typeof operationNames)[number];

interface ChainFields {
  readonly table: Table;
  readonly name: TextField;
  readonly policy: TextField;
  readonly packets: CounterField;
  readonly bytes: CounterField;
}

/** Which tracked connections a request is about. */
interface ConnectionsFields {
  readonly table: Table;
  readonly destination: AddressField;
  readonly mask: AddressField;
  readonly protocol: ChoiceField<ProtocolName>;
  readonly port: NumberField;
}

/** Where the client of a socket had meant to go. */
export interface EndpointFields {
  readonly table: Table;
  readonly address: AddressField;
  readonly port: NumberField;
}

/** What the addon's nat protocol looks like, field by field. */
export interface NatTables extends RuleTables {
  readonly protocol: Protocol;
  readonly operations: { readonly [name in OperationName]: Operation };
  readonly scope: ScopeFields;
  readonly sight: SightFields;
  readonly chain: ChainFields;
  readonly outcome: { readonly table: Table; readonly changed: NumberField };
  readonly connections: ConnectionsFields;
  readonly count: NumberField;
  readonly endpoint: EndpointFields;
  readonly fingerprint: CounterField;
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
    chain: chainFields(protocol.table('chain')),
    outcome: { table: outcome, changed: outcome.number('changed') },
    connections: connectionsFields(protocol.table('connections')),
    count: protocol.table('count').number('count'),
    endpoint: endpointFields(protocol.table('endpoint')),
    fingerprint: protocol.table('fingerprint').counter('fingerprint'),
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

function connectionsFields(table: Table): ConnectionsFields {
  return {
    table,
    destination: table.address('destination'),
    mask: table.address('mask'),
    protocol: table.choice('protocol', protocolNames),
    port: table.number('port'),
  };
}

function endpointFields(table: Table): EndpointFields {
  return { table, address: table.address('address'), port: table.number('port') };
}

function chainFields(table: Table): ChainFields {
  return {
    table,
    name: table.text('name'),
    policy: table.text('policy'),
    packets: table.counter('packets'),
    bytes: table.counter('bytes'),
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
