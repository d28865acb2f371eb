import type {
  Arena,
  BytesField,
  NumberField,
  Protocol,
  Results,
  Table,
  TextField,
} from '../native/index.js';
import type { ResolvedLink, ResolvedPeer } from './link-config.js';
import type { KindDescription } from './link-kinds.js';
import { linkKinds } from './link-kinds.js';
import type { LinkKind } from './link-types.js';
import type { Setting } from './setting.js';

/** The records of all kinds of devices. */
export class KindRecords {
  readonly #kinds = new Map<LinkKind, KindRecord>();
  readonly #byTable = new Map<number, KindRecord>();
  readonly #peer: PeerFields;

  constructor(protocol: Protocol) {
    for (const [kind, description] of Object.entries(linkKinds)) {
      const record = new KindRecord(protocol.table(description.table), description);
      this.#kinds.set(kind as LinkKind, record);
      this.#byTable.set(record.table.index, record);
    }
    this.#peer = new PeerFields(protocol.table('veth'));
  }

  write(arena: Arena, link: ResolvedLink): void {
    const at = this.#kinds.get(link.kind)?.write(arena, link);
    if (at !== undefined && link.peer !== undefined) this.#peer.write(arena, at, link.peer);
  }

  /** The settings in a record of that table. */
  read(rows: Results, at: number, table: number): Record<string, unknown> {
    return this.#byTable.get(table)?.read(rows, at) ?? {};
  }
}

class KindRecord {
  readonly table: Table;
  readonly #kind: TextField;
  readonly #settings: (readonly [string, ReturnType<Setting['bind']>])[];

  constructor(table: Table, { settings }: KindDescription) {
    this.table = table;
    this.#kind = table.text('kind');
    this.#settings = Object.entries(settings).map(([name, setting]) => [
      name,
      setting.bind(table, name),
    ]);
  }

  write(arena: Arena, { kind, own }: ResolvedLink): number {
    const at = arena.record(this.table);
    this.#kind.write(arena, at, kind);
    for (const [name, setting] of this.#settings) {
      if (own[name] !== undefined) setting.write(arena, at, own[name]);
    }
    return at;
  }

  read(rows: Results, at: number): Record<string, unknown> {
    const values = this.#settings.map(([name, setting]) => [name, setting.read(rows, at)] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  }
}

class PeerFields {
  readonly #name: TextField;
  readonly #mtu: NumberField;
  readonly #hardwareAddress: BytesField;
  readonly #namespace: TextField;

  constructor(table: Table) {
    this.#name = table.text('peerName');
    this.#mtu = table.number('peerMtu');
    this.#hardwareAddress = table.bytes('peerHardwareAddress');
    this.#namespace = table.text('peerNamespace');
  }

  write(arena: Arena, at: number, { name, mtu, macAddress, netns }: ResolvedPeer): void {
    this.#name.write(arena, at, name);
    if (mtu !== undefined) this.#mtu.write(arena, at, mtu);
    if (macAddress !== undefined) this.#hardwareAddress.write(arena, at, macAddress);
    if (netns !== undefined) this.#namespace.write(arena, at, netns.path);
  }
}
