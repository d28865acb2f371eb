import type { Family } from '../address/index.js';
import type {
  AddressField,
  ChoiceField,
  CounterField,
  NumberField,
  Protocol,
  Table,
  TextField,
} from '../native/index.js';
import type { Match, MultiportMatch, Target } from './rule.js';

/** IPv4 and IPv6, in the kernel's order. */
export const families: readonly Family[] = ['ipv4', 'ipv6'];

/** What {@link Target} may be. */
export const targetKinds: readonly Target['kind'][] = [
  'none',
  'accept',
  'drop',
  'queue',
  'return',
  'jump',
  'goto',
  'redirect',
  'other',
];
export const matchKinds: readonly Match['kind'][] = [
  'tcp',
  'udp',
  'multiport',
  'comment',
  'mark',
  'other',
];
export const sides: readonly MultiportMatch['side'][] = ['source', 'destination', 'either'];

/** Protocols that have a name here; others are told by their number. */
export const protocolNames = [
  'icmp',
  'tcp',
  'udp',
  'dccp',
  'gre',
  'esp',
  'ah',
  'icmpv6',
  'sctp',
  'udplite',
] as const;
export type ProtocolName = (typeof protocolNames)[number];

/** An address with its mask, and whether it is inverted. */
export interface AddressFields {
  readonly address: AddressField;
  readonly mask: AddressField;
  readonly inverted: NumberField;
}

export interface RuleFields {
  readonly table: Table;
  /** Bytes of a record that tells addresses, a protocol and a redirect, as most do. */
  readonly usualSize: number;
  readonly chain: TextField;
  readonly position: NumberField;
  readonly handle: CounterField;
  readonly own: NumberField;
  readonly complete: NumberField;
  readonly packets: CounterField;
  readonly bytes: CounterField;
  readonly source: AddressFields;
  readonly destination: AddressFields;
  readonly inInterface: TextField;
  readonly inInverted: NumberField;
  readonly outInterface: TextField;
  readonly outInverted: NumberField;
  readonly protocol: ChoiceField<ProtocolName>;
  readonly protocolInverted: NumberField;
  readonly fragment: NumberField;
  readonly target: ChoiceField<Target['kind']>;
  readonly targetName: TextField;
  readonly targetRevision: NumberField;
  readonly toPort: NumberField;
  readonly toPortEnd: NumberField;
  readonly random: NumberField;
}

/** The first and the last port, and whether they are inverted. */
export interface PortFields {
  readonly first: NumberField;
  readonly last: NumberField;
  readonly inverted: NumberField;
}

export interface MatchFields {
  readonly table: Table;
  readonly kind: ChoiceField<Match['kind']>;
  readonly inverted: NumberField;
  readonly source: PortFields;
  readonly destination: PortFields;
  readonly flagMask: NumberField;
  readonly flagValue: NumberField;
  readonly flagsInverted: NumberField;
  readonly option: NumberField;
  readonly optionInverted: NumberField;
  readonly side: ChoiceField<MultiportMatch['side']>;
  readonly mark: NumberField;
  readonly mask: NumberField;
  readonly name: TextField;
  readonly revision: NumberField;
}

/** The two records that a rule is made of. */
export interface RuleTables {
  readonly rule: RuleFields;
  readonly match: MatchFields;
}

/** Binds the records of a rule, which several protocols of the addon carry. */
export function bindRuleTables(protocol: Protocol): RuleTables {
  return { rule: ruleFields(protocol.table('rule')), match: matchFields(protocol.table('match')) };
}

function ruleFields(table: Table): RuleFields {
  const addressFields = (name: string): AddressFields => ({
    address: table.address(name),
    mask: table.address(`${name}Mask`),
    inverted: table.number(`${name}Inverted`),
  });
  return {
    table,
    usualSize: table.sizeThrough('toPortEnd'),
    chain: table.text('chain'),
    position: table.number('position'),
    handle: table.counter('handle'),
    own: table.number('own'),
    complete: table.number('complete'),
    packets: table.counter('packets'),
    bytes: table.counter('bytes'),
    source: addressFields('source'),
    destination: addressFields('destination'),
    inInterface: table.text('inInterface'),
    inInverted: table.number('inInverted'),
    outInterface: table.text('outInterface'),
    outInverted: table.number('outInverted'),
    protocol: table.choice('protocol', protocolNames),
    protocolInverted: table.number('protocolInverted'),
    fragment: table.number('fragment'),
    target: table.choice('target', targetKinds),
    targetName: table.text('targetName'),
    targetRevision: table.number('targetRevision'),
    toPort: table.number('toPort'),
    toPortEnd: table.number('toPortEnd'),
    random: table.number('random'),
  };
}

function matchFields(table: Table): MatchFields {
  const portFields = (name: string): PortFields => ({
    first: table.number(`${name}Port`),
    last: table.number(`${name}PortEnd`),
    inverted: table.number(`${name}Inverted`),
  });
  return {
    table,
    kind: table.choice('kind', matchKinds),
    inverted: table.number('inverted'),
    source: portFields('source'),
    destination: portFields('destination'),
    flagMask: table.number('flagMask'),
    flagValue: table.number('flagValue'),
    flagsInverted: table.number('flagsInverted'),
    option: table.number('option'),
    optionInverted: table.number('optionInverted'),
    side: table.choice('side', sides),
    mark: table.number('mark'),
    mask: table.number('mask'),
    name: table.text('name'),
    revision: table.number('revision'),
  };
}
