import type { Family } from '../address/index.js';
import type {
  AddressField,
  Arena,
  ChoiceField,
  NumberField,
  Protocol,
  Results,
  Table,
  TextField,
} from '../native/index.js';
import { families } from './families.js';
import type { ResolvedNewPort, ResolvedPort } from './fou-config.js';
import { carriedNames, encapsulations } from './fou-config.js';
import type { FouPort } from './fou-types.js';

/** The record of a UDP port that tunnelled packets arrive at. */
export class FouRecord {
  readonly #table: Table;
  readonly #family: ChoiceField<Family>;
  readonly #port: NumberField;
  readonly #encapsulation: ChoiceField<(typeof encapsulations)[number]>;
  readonly #carries: ChoiceField<(typeof carriedNames)[number]>;
  readonly #local: Ends;
  readonly #peer: Ends;
  readonly #peerPort: NumberField;
  readonly #device: TextField;

  constructor(protocol: Protocol) {
    const table = protocol.table('port');
    this.#table = table;
    this.#family = table.choice('family', families);
    this.#port = table.number('port');
    this.#encapsulation = table.choice('encapsulation', encapsulations);
    this.#carries = table.choice('carries', carriedNames);
    this.#local = { ipv4: table.address('local'), ipv6: table.address('localIpv6') };
    this.#peer = { ipv4: table.address('peer'), ipv6: table.address('peerIpv6') };
    this.#peerPort = table.number('peerPort');
    this.#device = table.text('device');
  }

  write(arena: Arena, port: ResolvedNewPort): void {
    const at = this.writeKey(arena, port);
    this.#encapsulation.writeName(arena, at, port.encapsulation);
    if (port.carries !== undefined) this.#carries.writeValue(arena, at, port.carries);
  }

  writeKey(arena: Arena, { port, family, local, peer, peerPort, device }: ResolvedPort): number {
    const at = arena.record(this.#table);
    this.#family.writeName(arena, at, family);
    this.#port.write(arena, at, port);
    if (local !== undefined) this.#local[family].write(arena, at, local);
    if (peer !== undefined) this.#peer[family].write(arena, at, peer);
    if (peerPort !== undefined) this.#peerPort.write(arena, at, peerPort);
    if (device !== undefined) this.#device.write(arena, at, device);
    return at;
  }

  /** `undefined` for a port of a kind that this package does not know. */
  read(rows: Results, at: number): FouPort | undefined {
    const family = this.#family.readName(rows, at);
    const encapsulation = this.#encapsulation.readName(rows, at);
    if (family === undefined || encapsulation === undefined) return undefined;
    const carries = this.#carries.readValue(rows, at);
    const local = readEnd(this.#local[family], rows, at);
    const peer = readEnd(this.#peer[family], rows, at);
    return {
      port: this.#port.read(rows, at),
      family,
      encapsulation,
      ...(encapsulation === 'fou' && { carries }),
      ...(local !== undefined && { local }),
      ...(peer !== undefined && { peer, peerPort: this.#peerPort.read(rows, at) }),
      ...(this.#device.present(rows, at) && { device: this.#device.read(rows, at) }),
    };
  }
}

type Ends = Readonly<Record<Family, AddressField>>;

/** The kernel says the unspecified address where any will do. */
function readEnd(field: AddressField, rows: Results, at: number): string | undefined {
  const text = field.present(rows, at) ? field.read(rows, at) : '::';
  return text === '::' || text === '0.0.0.0' ? undefined : text;
}
