import type { Family } from '../address/index.js';
import type {
  AddressField,
  Arena,
  ChoiceField,
  FlagsField,
  NumberField,
  Protocol,
  Results,
  Table,
  TextField,
} from '../native/index.js';
import type { ResolvedAddress, ResolvedKey } from './address-config.js';
import { forever } from './address-config.js';
import type { InterfaceAddress } from './address-types.js';
import { families } from './families.js';
import { formatPrefix } from './prefix.js';
import type { ScopeName } from './scope.js';
import { scopeNames } from './scope.js';
import type { Seen } from './seen.js';

const flagNames = [
  'secondary',
  'noDad',
  'tentative',
  'dadFailed',
  'deprecated',
  'noPrefixRoute',
  'homeAddress',
  'manageTemporary',
] as const;
/** Those that are given; others tell what came of it. */
const settings = ['noDad', 'noPrefixRoute', 'homeAddress', 'manageTemporary'] as const;
type AddressFlag = (typeof flagNames)[number];

/** The record of an address: how it is written and read. */
export class AddressRecord {
  readonly table: Table;
  readonly #family: ChoiceField<Family>;
  readonly #prefixLength: NumberField;
  readonly #scope: ChoiceField<ScopeName>;
  readonly #device: TextField;
  readonly #deviceIndex: NumberField;
  readonly #local: AddressField;
  readonly #address: AddressField;
  readonly #broadcast: AddressField;
  readonly #label: TextField;
  readonly #flags: FlagsField<AddressFlag>;
  readonly #metric: NumberField;
  readonly #protocol: NumberField;
  readonly #preferredLifetime: NumberField;
  readonly #validLifetime: NumberField;
  readonly #updated: NumberField;

  constructor(protocol: Protocol) {
    const table = protocol.table('address');
    this.table = table;
    this.#family = table.choice('family', families);
    this.#prefixLength = table.number('prefixLength');
    this.#scope = table.choice('scope', scopeNames);
    this.#device = table.text('device');
    this.#deviceIndex = table.number('deviceIndex');
    this.#local = table.address('local');
    this.#address = table.address('address');
    this.#broadcast = table.address('broadcast');
    this.#label = table.text('label');
    this.#flags = table.flags('flags', flagNames);
    this.#metric = table.number('metric');
    this.#protocol = table.number('protocol');
    this.#preferredLifetime = table.number('preferredLifetime');
    this.#validLifetime = table.number('validLifetime');
    this.#updated = table.number('updated');
  }

  /** What names an address. */
  writeKey(arena: Arena, key: ResolvedKey): number {
    const at = arena.record(this.table);
    this.#family.writeName(arena, at, key.family);
    this.#prefixLength.write(arena, at, key.prefixLength);
    this.#device.write(arena, at, key.device);
    this.#local.write(arena, at, key.local);
    this.#address.write(arena, at, key.remote);
    if (key.label !== undefined) this.#label.write(arena, at, key.label);
    return at;
  }

  /** A whole address. */
  write(arena: Arena, address: ResolvedAddress): void {
    const at = this.writeKey(arena, address);
    const { scope, broadcast, lifetimes, metric, protocol } = address;
    this.#scope.writeValue(arena, at, scope);
    if (broadcast !== undefined) this.#broadcast.write(arena, at, broadcast);
    if (metric !== undefined) this.#metric.write(arena, at, metric);
    if (protocol !== undefined) this.#protocol.write(arena, at, protocol);
    const { noDad, noPrefixRoute, homeAddress, manageTemporary } = address;
    if (noDad || noPrefixRoute || homeAddress || manageTemporary) {
      const set = settings.filter((flag) => address[flag]);
      this.#flags.write(arena, at, set);
    }
    if (lifetimes !== undefined) {
      this.#validLifetime.write(arena, at, lifetimes.valid);
      this.#preferredLifetime.write(arena, at, lifetimes.preferred);
    }
  }

  /** What narrows a listing down in the kernel. */
  writeFilter(arena: Arena, family: Family | undefined, device: string | undefined): void {
    const at = arena.record(this.table);
    if (family !== undefined) this.#family.writeName(arena, at, family);
    if (device !== undefined) this.#device.write(arena, at, device);
  }

  /** `undefined` for an address of another family, or of a device that has just gone. */
  read(rows: Results, at: number): InterfaceAddress | undefined {
    const family = this.#family.readName(rows, at);
    if (family === undefined || !this.#device.present(rows, at)) return undefined;
    const flags = this.#flags.read(rows, at);
    return {
      device: this.#device.read(rows, at),
      ...this.#readAddresses(rows, at),
      family,
      scope: this.#scope.readValue(rows, at),
      ...(this.#label.present(rows, at) && { label: this.#label.read(rows, at) }),
      ...(this.#broadcast.present(rows, at) && { broadcast: this.#broadcast.read(rows, at) }),
      ...this.#readLifetimes(rows, at),
      ...(this.#metric.present(rows, at) && { metric: this.#metric.read(rows, at) }),
      ...(this.#protocol.present(rows, at) && { protocol: this.#protocol.read(rows, at) }),
      ...Object.fromEntries(flags.map((flag) => [nameOf(flag, family), true])),
    };
  }

  /** An address with the key that it has in the kernel: device, address, length and peer. */
  readSeen(rows: Results, at: number): Seen<InterfaceAddress> {
    const local = this.#local.present(rows, at) ? this.#local.read(rows, at) : '';
    const remote = this.#address.present(rows, at) ? this.#address.read(rows, at) : '';
    const index = this.#deviceIndex.read(rows, at);
    const key = `${index} ${local || remote} ${remote}/${this.#prefixLength.read(rows, at)}`;
    const clock = this.#updated.present(rows, at)
      ? { given: this.#updated.read(rows, at), read: performance.now() }
      : undefined;
    return { slot: key, key, object: this.read(rows, at), clock };
  }

  #readAddresses(rows: Results, at: number): { address: string; peer?: string } {
    const length = this.#prefixLength.read(rows, at);
    const remote = this.#address.read(rows, at);
    const address = this.#local.present(rows, at) ? this.#local.read(rows, at) : remote;
    return address === remote
      ? { address: formatPrefix({ address, length }) }
      : { address, peer: formatPrefix({ address: remote, length }) };
  }

  #readLifetimes(
    rows: Results,
    at: number,
  ): { validLifetime?: number; preferredLifetime?: number } {
    if (!this.#validLifetime.present(rows, at)) return {};
    const valid = this.#validLifetime.read(rows, at);
    const preferred = this.#preferredLifetime.read(rows, at);
    return {
      ...(valid !== forever && { validLifetime: valid }),
      ...(preferred !== forever && { preferredLifetime: preferred }),
    };
  }
}

/** One bit has two meanings. */
function nameOf(flag: AddressFlag, family: Family): AddressFlag | 'temporary' {
  return flag === 'secondary' && family === 'ipv6' ? 'temporary' : flag;
}
