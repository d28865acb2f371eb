import type { Family } from '../address/index.js';
import type {
  AddressField,
  ChoiceField,
  CounterField,
  FlagsField,
  NumberField,
  Operation,
  Protocol,
  Table,
  TextField,
} from '../native/index.js';
import { forwardings, tunnelChecksums, tunnelTypes } from './dest-settings.js';
import { families, protocols } from './service-name.js';
import type { Forwarding, ServiceProtocol, TunnelChecksum, TunnelType } from './types.js';

/** Bits of a service as the kernel names them. */
export type ServiceBit = 'persistent' | 'onePacket' | 'flag-1' | 'flag-2' | 'flag-3';
export const schedulerBits = ['flag-1', 'flag-2', 'flag-3'] as const;
const serviceBits: readonly ServiceBit[] = ['persistent', 'onePacket', ...schedulerBits];

/** Counters and rates, which services and destinations have alike. */
export interface StatsFields {
  readonly connections: CounterField;
  readonly inPackets: CounterField;
  readonly outPackets: CounterField;
  readonly inBytes: CounterField;
  readonly outBytes: CounterField;
  readonly connectionRate: CounterField;
  readonly inPacketRate: CounterField;
  readonly outPacketRate: CounterField;
  readonly inByteRate: CounterField;
  readonly outByteRate: CounterField;
}

export interface ServiceFields {
  readonly table: Table;
  /** Bytes of a record that go over where there is a key alone, or a key and settings. */
  readonly keySize: number;
  readonly settingsSize: number;
  readonly family: ChoiceField<Family>;
  readonly protocol: ChoiceField<ServiceProtocol>;
  readonly address: AddressField;
  readonly port: NumberField;
  readonly fwmark: NumberField;
  readonly scheduler: TextField;
  readonly flags: FlagsField<ServiceBit>;
  readonly timeout: NumberField;
  readonly netmask: NumberField;
  readonly prefixLength: NumberField;
  readonly engine: TextField;
  readonly stats: StatsFields;
}

export interface DestFields {
  readonly table: Table;
  /** Bytes of a record that go over where there is a key alone, or settings but no tunnel. */
  readonly keySize: number;
  readonly plainSize: number;
  readonly family: ChoiceField<Family>;
  readonly address: AddressField;
  readonly port: NumberField;
  readonly forwarding: ChoiceField<Forwarding>;
  readonly weight: NumberField;
  readonly upperThreshold: NumberField;
  readonly lowerThreshold: NumberField;
  readonly tunnel: ChoiceField<TunnelType>;
  readonly tunnelPort: NumberField;
  readonly tunnelChecksum: ChoiceField<TunnelChecksum>;
  readonly activeConnections: NumberField;
  readonly inactiveConnections: NumberField;
  readonly persistentConnections: NumberField;
  readonly stats: StatsFields;
}

export const operationNames = [
  'addService',
  'setService',
  'removeService',
  'getService',
  'listServices',
  'addDest',
  'setDest',
  'removeDest',
  'listDests',
  'startDaemon',
  'stopDaemon',
  'listDaemons',
  'setTimeouts',
  'getTimeouts',
  'getInfo',
  'zero',
  'flush',
  'readConnections',
  'closeConnections',
  'readServicesFile',
  'readStatsFile',
  'readSysctl',
  'writeSysctl',
  'readSnapshot',
] as const;
export type OperationName = (typeof operationNames)[number];

function statsFields(table: Table): StatsFields {
  return {
    connections: table.counter('connections'),
    inPackets: table.counter('inPackets'),
    outPackets: table.counter('outPackets'),
    inBytes: table.counter('inBytes'),
    outBytes: table.counter('outBytes'),
    connectionRate: table.counter('connectionRate'),
    inPacketRate: table.counter('inPacketRate'),
    outPacketRate: table.counter('outPacketRate'),
    inByteRate: table.counter('inByteRate'),
    outByteRate: table.counter('outByteRate'),
  };
}

function serviceFields(table: Table): ServiceFields {
  return {
    table,
    keySize: table.sizeThrough('fwmark'),
    settingsSize: table.sizeThrough('engine'),
    family: table.choice('family', families),
    protocol: table.choice('protocol', protocols),
    address: table.address('address'),
    port: table.number('port'),
    fwmark: table.number('fwmark'),
    scheduler: table.frequentText('scheduler'),
    flags: table.flags('flags', serviceBits),
    timeout: table.number('timeout'),
    netmask: table.number('netmask'),
    prefixLength: table.number('prefixLength'),
    engine: table.text('engine'),
    stats: statsFields(table),
  };
}

function destFields(table: Table): DestFields {
  return {
    table,
    keySize: table.sizeThrough('port'),
    plainSize: table.sizeThrough('lowerThreshold'),
    family: table.choice('family', families),
    address: table.frequentAddress('address'),
    port: table.number('port'),
    forwarding: table.choice('forwarding', forwardings),
    weight: table.number('weight'),
    upperThreshold: table.number('upperThreshold'),
    lowerThreshold: table.number('lowerThreshold'),
    tunnel: table.choice('tunnel', tunnelTypes),
    tunnelPort: table.number('tunnelPort'),
    tunnelChecksum: table.choice('tunnelChecksum', tunnelChecksums),
    activeConnections: table.number('activeConnections'),
    inactiveConnections: table.number('inactiveConnections'),
    persistentConnections: table.number('persistentConnections'),
    stats: statsFields(table),
  };
}

/** What the addon's IPVS protocol looks like, field by field. */
export interface IpvsTables {
  readonly protocol: Protocol;
  readonly operations: { readonly [name in OperationName]: Operation };
  readonly service: ServiceFields;
  readonly dest: DestFields;
}

/** Binds every name to its place; throws where the two sides disagree. */
export function bindTables(protocol: Protocol): IpvsTables {
  const operations = operationNames.map((name) => [name, protocol.operation(name)] as const);
  return {
    protocol,
    operations: Object.fromEntries(operations) as IpvsTables['operations'],
    service: serviceFields(protocol.table('service')),
    dest: destFields(protocol.table('dest')),
  };
}
