import type {
  AddressField,
  Arena,
  FlagsField,
  NumberField,
  Protocol,
  Results,
  Table,
  TextField,
} from '../native/index.js';
import type { ResolvedHop } from './route-config.js';
import type { NextHop } from './route-types.js';

/** The record of one next hop among several. */
export class HopRecord {
  readonly #table: Table;
  readonly #flags: FlagsField<'onLink'>;
  readonly #weightLessOne: NumberField;
  readonly #device: TextField;
  readonly #deviceIndex: NumberField;
  readonly #gateway: AddressField;

  constructor(protocol: Protocol) {
    const table = protocol.table('nextHop');
    this.#table = table;
    this.#flags = table.flags('flags', ['onLink']);
    this.#weightLessOne = table.number('weightLessOne');
    this.#device = table.text('device');
    this.#deviceIndex = table.number('deviceIndex');
    this.#gateway = table.address('gateway');
  }

  write(arena: Arena, { gateway, device, weight, onLink }: ResolvedHop): void {
    const at = arena.record(this.#table);
    this.#weightLessOne.write(arena, at, weight - 1);
    if (gateway !== undefined) this.#gateway.write(arena, at, gateway);
    if (device !== undefined) this.#device.write(arena, at, device);
    if (onLink) this.#flags.write(arena, at, ['onLink']);
  }

  /** What sets a way apart from others, whatever its device is called. */
  readKey(rows: Results, at: number): string {
    const gateway = this.#gateway.present(rows, at) ? this.#gateway.read(rows, at) : '';
    const weight = this.#weightLessOne.read(rows, at) + 1;
    return `${gateway} ${this.#deviceIndex.read(rows, at)} ${weight}`;
  }

  read(rows: Results, at: number): NextHop {
    return {
      ...(this.#gateway.present(rows, at) && { gateway: this.#gateway.read(rows, at) }),
      ...(this.#device.present(rows, at) && { device: this.#device.read(rows, at) }),
      weight: this.#weightLessOne.read(rows, at) + 1,
      ...(this.#flags.read(rows, at).length > 0 && { onLink: true }),
    };
  }
}
