import type { Family } from '../address/index.js';
import type {
  AddressField,
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
import { families } from './families.js';
import { formatMacAddress } from './hardware-address.js';
import type { Neighbour, NeighbourState } from './neighbour-types.js';
import type { Seen } from './seen.js';

export const neighbourStates: readonly NeighbourState[] = [
  'incomplete',
  'reachable',
  'stale',
  'delay',
  'probe',
  'failed',
  'noArp',
  'permanent',
  'none',
];

/** A checked neighbour; without a MAC address and state it only names one. */
export interface ResolvedNeighbour {
  readonly device: string;
  readonly family: Family;
  readonly address: string;
  readonly macAddress?: Uint8Array;
  readonly state?: NeighbourState;
}

/** The record of a neighbour. */
export class NeighbourRecord {
  readonly table: Table;
  readonly #family: ChoiceField<Family>;
  readonly #device: TextField;
  readonly #deviceIndex: NumberField;
  readonly #ofDevice: TextField;
  readonly #state: ChoiceField<NeighbourState>;
  readonly #flags: FlagsField<'router'>;
  readonly #address: AddressField;
  readonly #hardwareAddress: BytesField;

  constructor(protocol: Protocol) {
    const table = protocol.table('neighbour');
    this.table = table;
    this.#family = table.choice('family', families);
    this.#device = table.text('device');
    this.#deviceIndex = table.number('deviceIndex');
    this.#ofDevice = table.text('ofDevice');
    this.#state = table.choice('state', neighbourStates);
    this.#flags = table.flags('flags', ['router']);
    this.#address = table.address('address');
    this.#hardwareAddress = table.bytes('hardwareAddress');
  }

  write(arena: Arena, { device, family, address, macAddress, state }: ResolvedNeighbour): void {
    const at = arena.record(this.table);
    this.#family.writeName(arena, at, family);
    this.#device.write(arena, at, device);
    this.#address.write(arena, at, address);
    if (macAddress !== undefined) this.#hardwareAddress.write(arena, at, macAddress);
    if (state !== undefined) this.#state.writeName(arena, at, state);
  }

  writeFilter(arena: Arena, family: Family | undefined, device: string | undefined): void {
    const at = arena.record(this.table);
    if (family !== undefined) this.#family.writeName(arena, at, family);
    if (device !== undefined) this.#ofDevice.write(arena, at, device);
  }

  /** `undefined` for a neighbour of another family (a bridge's MAC addresses, say). */
  read(rows: Results, at: number): Neighbour | undefined {
    const family = this.#family.readName(rows, at);
    if (family === undefined || !this.#device.present(rows, at)) return undefined;
    if (!this.#address.present(rows, at)) return undefined;
    return {
      device: this.#device.read(rows, at),
      address: this.#address.read(rows, at),
      family,
      state: this.#state.readName(rows, at) ?? 'none',
      ...(this.#hardwareAddress.present(rows, at) && {
        macAddress: formatMacAddress(this.#hardwareAddress.read(rows, at)),
      }),
      ...(this.#flags.read(rows, at).length > 0 && { router: true }),
    };
  }

  /** A neighbour with the key that it has in the kernel: device and address. */
  readSeen(rows: Results, at: number): Seen<Neighbour> {
    const address = this.#address.present(rows, at) ? this.#address.read(rows, at) : '';
    const key = `${this.#deviceIndex.read(rows, at)} ${address}`;
    return { slot: key, key, object: this.read(rows, at) };
  }
}
