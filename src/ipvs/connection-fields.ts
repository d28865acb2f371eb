import type { AddressField, ChoiceField, NumberField, Table, TextField } from '../native/index.js';

const protocols = ['ip', 'tcp', 'udp', 'sctp', 'icmp', 'icmpv6'] as const;
export const filterProtocols = ['ip', 'tcp', 'udp', 'sctp'] as const;
export const templateChoices = ['exclude', 'include', 'only'] as const;
export const sources = ['connections', 'sync'] as const;
/** In the order of their bits. */
export const countedBy = ['protocol', 'client', 'virtual', 'dest', 'state'] as const;

export interface ConnectionFields {
  readonly protocol: ChoiceField<(typeof protocols)[number]>;
  readonly template: NumberField;
  readonly origin: ChoiceField<'local' | 'sync'>;
  readonly client: AddressField;
  readonly clientPort: NumberField;
  readonly virtual: AddressField;
  readonly virtualPort: NumberField;
  readonly fwmark: NumberField;
  readonly dest: AddressField;
  readonly destPort: NumberField;
  readonly state: TextField;
  readonly expires: NumberField;
  readonly engine: TextField;
  readonly engineData: TextField;
}

export interface QueryFields {
  readonly table: Table;
  readonly cursor: NumberField;
  readonly rows: NumberField;
  readonly sample: NumberField;
  readonly source: ChoiceField<(typeof sources)[number]>;
  readonly templates: ChoiceField<(typeof templateChoices)[number]>;
  readonly protocol: ChoiceField<(typeof filterProtocols)[number]>;
  readonly client: AddressField;
  readonly clientPrefixLength: NumberField;
  readonly virtual: AddressField;
  readonly virtualPort: NumberField;
  readonly fwmark: NumberField;
  readonly dest: AddressField;
  readonly destPort: NumberField;
  readonly state: TextField;
  readonly by: NumberField;
}

export function connectionFields(table: Table): ConnectionFields {
  return {
    protocol: table.choice('protocol', protocols),
    template: table.number('template'),
    origin: table.choice('origin', ['local', 'sync']),
    client: table.address('client'),
    clientPort: table.number('clientPort'),
    virtual: table.frequentAddress('virtual'),
    virtualPort: table.number('virtualPort'),
    fwmark: table.number('fwmark'),
    dest: table.frequentAddress('dest'),
    destPort: table.number('destPort'),
    state: table.frequentText('state'),
    expires: table.number('expires'),
    engine: table.text('engine'),
    engineData: table.text('engineData'),
  };
}

export function queryFields(table: Table): QueryFields {
  return {
    table,
    cursor: table.number('cursor'),
    rows: table.number('rows'),
    sample: table.number('sample'),
    source: table.choice('source', sources),
    templates: table.choice('templates', templateChoices),
    protocol: table.choice('protocol', filterProtocols),
    client: table.address('client'),
    clientPrefixLength: table.number('clientPrefixLength'),
    virtual: table.address('virtual'),
    virtualPort: table.number('virtualPort'),
    fwmark: table.number('fwmark'),
    dest: table.address('dest'),
    destPort: table.number('destPort'),
    state: table.text('state'),
    by: table.number('by'),
  };
}
