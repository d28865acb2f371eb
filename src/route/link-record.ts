import type {
  Arena,
  BytesField,
  ChoiceField,
  FlagsField,
  NumberField,
  Protocol,
  Results,
  Table,
  TextField,
} from '../native/index.js';
import { formatMacAddress } from './hardware-address.js';
import type { ResolvedLink, ResolvedSettings } from './link-config.js';
import { KindRecords } from './link-kind-record.js';
import type { HardwareType, Link, LinkFlag, OperationalState } from './link-types.js';
import type { Seen } from './seen.js';

const states: readonly OperationalState[] = [
  'unknown',
  'notPresent',
  'down',
  'lowerLayerDown',
  'testing',
  'dormant',
  'up',
];
const types = ['ethernet', 'loopback', 'ipip', 'ip6tnl', 'sit', 'gre', 'ip6gre', 'none'] as const;
const flagNames: readonly LinkFlag[] = [
  'broadcast',
  'loopback',
  'pointToPoint',
  'running',
  'noArp',
  'promiscuous',
  'allMulticast',
  'master',
  'slave',
  'multicast',
  'lowerUp',
  'dormant',
];

/** The record of a device, with the record of its kind beside it. */
export class LinkRecord {
  readonly table: Table;
  readonly #kinds: KindRecords;
  readonly #type: ChoiceField<(typeof types)[number]>;
  readonly #index: NumberField;
  readonly #device: TextField;
  readonly #flags: FlagsField<LinkFlag>;
  readonly #up: FlagsField<'up'>;
  readonly #name: TextField;
  readonly #mtu: NumberField;
  readonly #hardwareAddress: BytesField;
  readonly #master: TextField;
  readonly #masterIndex: NumberField;
  readonly #lower: TextField;
  readonly #lowerNamespace: NumberField;
  readonly #namespace: TextField;
  readonly #state: ChoiceField<OperationalState>;
  readonly #queueLength: NumberField;
  readonly #group: NumberField;
  readonly #alias: TextField;
  readonly #extensions: FlagsField<'skipStatistics'>;
  readonly #kind: TextField;

  constructor(protocol: Protocol) {
    const table = protocol.table('link');
    this.table = table;
    this.#kinds = new KindRecords(protocol);
    this.#type = table.choice('type', types);
    this.#index = table.number('index');
    this.#device = table.text('device');
    this.#flags = table.flags('flags', flagNames);
    this.#up = table.flags('flags', ['up']);
    this.#name = table.text('name');
    this.#mtu = table.number('mtu');
    this.#hardwareAddress = table.bytes('hardwareAddress');
    this.#master = table.text('master');
    this.#masterIndex = table.number('masterIndex');
    this.#lower = table.text('lower');
    this.#lowerNamespace = table.number('lowerNamespace');
    this.#namespace = table.text('namespace');
    this.#state = table.choice('state', states);
    this.#queueLength = table.number('queueLength');
    this.#group = table.number('group');
    this.#alias = table.text('alias');
    this.#extensions = table.flags('extensions', ['skipStatistics']);
    this.#kind = table.text('kind');
  }

  /** A device to be made. */
  writeNew(arena: Arena, link: ResolvedLink): void {
    this.#writeSettings(arena, arena.record(this.table), link);
    this.#kinds.write(arena, link);
  }

  /** A device that there is, and what to change of it. */
  writeChange(arena: Arena, device: string, patch: ResolvedSettings): void {
    const at = arena.record(this.table);
    this.#device.write(arena, at, device);
    this.#writeSettings(arena, at, patch);
  }

  /** Which device to look up. */
  writeName(arena: Arena, name: string): void {
    const at = arena.record(this.table);
    this.#name.write(arena, at, name);
    this.#extensions.write(arena, at, ['skipStatistics']);
  }

  /** What narrows a listing down in the kernel. */
  writeFilter(arena: Arena, filter: { master?: string; kind?: string }): void {
    const at = arena.record(this.table);
    this.#extensions.write(arena, at, ['skipStatistics']);
    if (filter.master !== undefined) this.#master.write(arena, at, filter.master);
    if (filter.kind !== undefined) this.#kind.write(arena, at, filter.kind);
  }

  /** For one listing: reads each device once the record of its kind has been seen too. */
  reader(): (rows: Results, at: number, table: number) => Link | undefined {
    let last: Record<string, unknown> = {};
    return (rows, at, table) => {
      if (table !== this.table.index) {
        Object.assign(last, this.#kinds.read(rows, at, table));
        return undefined;
      }
      const link = this.#read(rows, at);
      last = link as unknown as Record<string, unknown>;
      return link;
    };
  }

  /** As {@link LinkRecord.reader}, each with its index as the key. */
  seenReader(): (rows: Results, at: number, table: number) => Seen<Link> | undefined {
    const read = this.reader();
    return (rows, at, table) => {
      const object = read(rows, at, table);
      if (object === undefined) return undefined;
      const key = String(object.index);
      return { slot: key, key, object };
    };
  }

  readName(rows: Results, at: number): string | undefined {
    return this.#name.present(rows, at) ? this.#name.read(rows, at) : undefined;
  }

  #writeSettings(arena: Arena, at: number, settings: ResolvedSettings): void {
    const { up, mtu, macAddress, master, alias, queueLength, group } = settings;
    const { name, lower, netns } = settings;
    if (name !== undefined) this.#name.write(arena, at, name);
    if (up !== undefined) this.#up.write(arena, at, up ? ['up'] : []);
    if (mtu !== undefined) this.#mtu.write(arena, at, mtu);
    if (macAddress !== undefined) this.#hardwareAddress.write(arena, at, macAddress);
    if (master === null) this.#masterIndex.write(arena, at, 0);
    else if (master !== undefined) this.#master.write(arena, at, master);
    if (lower !== undefined) this.#lower.write(arena, at, lower);
    if (netns !== undefined) this.#namespace.write(arena, at, netns.path);
    if (alias !== undefined) this.#alias.write(arena, at, alias);
    if (queueLength !== undefined) this.#queueLength.write(arena, at, queueLength);
    if (group !== undefined) this.#group.write(arena, at, group);
  }

  #read(rows: Results, at: number): Link {
    const kind = this.#kind.present(rows, at) ? this.#kind.read(rows, at) : undefined;
    const type: HardwareType = this.#type.readValue(rows, at);
    return {
      name: this.#name.read(rows, at),
      index: this.#index.read(rows, at),
      ...(kind !== undefined && { kind }),
      type,
      up: this.#up.read(rows, at).includes('up'),
      state: this.#state.readName(rows, at) ?? 'unknown',
      flags: this.#flags.read(rows, at),
      mtu: this.#mtu.read(rows, at),
      ...this.#readMacAddress(rows, at, type),
      ...(this.#master.present(rows, at) && { master: this.#master.read(rows, at) }),
      ...this.#readLower(rows, at, kind),
      ...(this.#alias.present(rows, at) && { alias: this.#alias.read(rows, at) }),
      queueLength: this.#queueLength.read(rows, at),
      group: this.#group.read(rows, at),
    };
  }

  #readMacAddress(rows: Results, at: number, type: HardwareType): { macAddress?: string } {
    if (type !== 'ethernet') return {};
    return { macAddress: formatMacAddress(this.#hardwareAddress.read(rows, at)) };
  }

  /** An index of another namespace may be that of a device here, so its name would be a wrong one. */
  #readLower(rows: Results, at: number, kind: string | undefined): Record<string, string> {
    const elsewhere = this.#lowerNamespace.present(rows, at);
    if (elsewhere || !this.#lower.present(rows, at)) return {};
    return { [kind === 'veth' ? 'peer' : 'lower']: this.#lower.read(rows, at) };
  }
}
