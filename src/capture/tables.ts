import type {
  BytesField,
  ChoiceField,
  CounterField,
  NumberField,
  Operation,
  Protocol,
  Table,
  TextField,
} from '../native/index.js';
import type { LinkType, PacketType } from './frame.js';
import type { CaptureDirection } from './options.js';

const directions: readonly CaptureDirection[] = ['both', 'in', 'out'];
const linkTypes: readonly LinkType[] = ['ethernet', 'raw'];
const packetTypes: readonly PacketType[] = [
  'host',
  'broadcast',
  'multicast',
  'otherHost',
  'outgoing',
];

/** Where the parts of a frame lie in its record. */
export interface FrameFields {
  readonly table: Table;
  readonly timestamp: CounterField;
  readonly capturedLength: NumberField;
  readonly length: NumberField;
  readonly packetType: ChoiceField<PacketType>;
}

/** What the addon's capture protocol looks like, field by field. */
export interface CaptureTables {
  readonly protocol: Protocol;
  readonly start: Operation;
  readonly next: Operation;
  readonly count: Operation;
  readonly stop: Operation;
  readonly send: Operation;
  readonly options: {
    readonly table: Table;
    readonly device: TextField;
    readonly snapLength: NumberField;
    readonly bufferSize: NumberField;
    readonly immediate: NumberField;
    readonly promiscuous: NumberField;
    readonly direction: ChoiceField<CaptureDirection>;
  };
  readonly link: {
    readonly table: Table;
    readonly type: ChoiceField<LinkType>;
    readonly mac: BytesField;
  };
  readonly frame: FrameFields;
  readonly lot: {
    readonly table: Table;
    readonly frames: NumberField;
    readonly wireLength: CounterField;
  };
  readonly statistics: {
    readonly table: Table;
    readonly received: CounterField;
    readonly dropped: CounterField;
    readonly frozen: CounterField;
  };
}

/** Binds every name to its place; throws where the two sides disagree. */
export function bindTables(protocol: Protocol): CaptureTables {
  const options = protocol.table('options');
  const link = protocol.table('link');
  const frame = protocol.table('frame');
  const lot = protocol.table('lot');
  const statistics = protocol.table('statistics');
  return {
    protocol,
    start: protocol.operation('start'),
    next: protocol.operation('next'),
    count: protocol.operation('count'),
    stop: protocol.operation('stop'),
    send: protocol.operation('send'),
    options: {
      table: options,
      device: options.text('device'),
      snapLength: options.number('snapLength'),
      bufferSize: options.number('bufferSize'),
      immediate: options.number('immediate'),
      promiscuous: options.number('promiscuous'),
      direction: options.choice('direction', directions),
    },
    link: { table: link, type: link.choice('type', linkTypes), mac: link.bytes('mac') },
    frame: {
      table: frame,
      timestamp: frame.counter('timestamp'),
      capturedLength: frame.number('capturedLength'),
      length: frame.number('length'),
      packetType: frame.choice('packetType', packetTypes),
    },
    lot: { table: lot, frames: lot.number('frames'), wireLength: lot.counter('wireLength') },
    statistics: {
      table: statistics,
      received: statistics.counter('received'),
      dropped: statistics.counter('dropped'),
      frozen: statistics.counter('frozen'),
    },
  };
}
