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
import { families } from './families.js';
import { HopRecord } from './hop-record.js';
import { formatPrefix, widthOf } from './prefix.js';
import type { ResolvedRoute } from './route-config.js';
import { protocolNames, routeTypes, tableNames } from './route-names.js';
import type { NextHop, Route, RouteType } from './route-types.js';
import type { ScopeName } from './scope.js';
import { scopeNames } from './scope.js';
import type { Seen } from './seen.js';

type RouteFlag = 'dead' | 'onLink' | 'linkDown';
const flagNames: readonly RouteFlag[] = ['dead', 'onLink', 'linkDown'];

/** What narrows a listing down in the kernel. */
export interface KernelRouteFilter {
  readonly family?: Family | undefined;
  readonly table?: Route['table'] | undefined;
  readonly device?: string | undefined;
}

/** A packet whose way is asked for. */
export interface RouteQuestion {
  readonly family: Family;
  readonly address: string;
  readonly from: string | undefined;
  readonly device: string | undefined;
  readonly inDevice: string | undefined;
  readonly mark: number | undefined;
}

/** The record of a route, with those of its next hops beside it. */
export class RouteRecord {
  readonly table: Table;
  readonly #hop: HopRecord;
  readonly #family: ChoiceField<Family>;
  readonly #prefixLength: NumberField;
  readonly #protocol: ChoiceField<(typeof protocolNames)[number]>;
  readonly #scope: ChoiceField<ScopeName>;
  readonly #type: ChoiceField<RouteType>;
  readonly #flags: FlagsField<RouteFlag>;
  readonly #findTable: FlagsField<'findTable'>;
  readonly #destination: AddressField;
  readonly #device: TextField;
  readonly #deviceIndex: NumberField;
  readonly #tos: NumberField;
  readonly #inDevice: TextField;
  readonly #from: AddressField;
  readonly #fromPrefixLength: NumberField;
  readonly #mark: NumberField;
  readonly #gateway: AddressField;
  readonly #source: AddressField;
  readonly #metric: NumberField;
  readonly #table: ChoiceField<(typeof tableNames)[number]>;
  readonly #mtu: NumberField;

  constructor(protocol: Protocol) {
    const table = protocol.table('route');
    this.table = table;
    this.#hop = new HopRecord(protocol);
    this.#family = table.choice('family', families);
    this.#prefixLength = table.number('prefixLength');
    this.#protocol = table.choice('protocol', protocolNames);
    this.#scope = table.choice('scope', scopeNames);
    this.#type = table.choice('type', routeTypes);
    this.#flags = table.flags('flags', flagNames);
    this.#findTable = table.flags('flags', ['findTable']);
    this.#destination = table.address('destination');
    this.#device = table.text('device');
    this.#deviceIndex = table.number('deviceIndex');
    this.#tos = table.number('tos');
    this.#inDevice = table.text('inDevice');
    this.#from = table.address('from');
    this.#fromPrefixLength = table.number('fromPrefixLength');
    this.#mark = table.number('mark');
    this.#gateway = table.address('gateway');
    this.#source = table.address('source');
    this.#metric = table.number('metric');
    this.#table = table.choice('table', tableNames);
    this.#mtu = table.number('mtu');
  }

  write(arena: Arena, route: ResolvedRoute): void {
    const at = arena.record(this.table);
    const { destination, gateway, device, source, metric, scope, type, protocol, mtu } = route;
    this.#family.writeName(arena, at, destination.family);
    this.#prefixLength.write(arena, at, destination.length);
    if (destination.length > 0) this.#destination.write(arena, at, destination.address);
    this.#table.writeValue(arena, at, route.table);
    if (gateway !== undefined) this.#gateway.write(arena, at, gateway);
    if (device !== undefined) this.#device.write(arena, at, device);
    if (source !== undefined) this.#source.write(arena, at, source);
    if (metric !== undefined) this.#metric.write(arena, at, metric);
    if (scope !== undefined) this.#scope.writeValue(arena, at, scope);
    if (type !== undefined) this.#type.writeName(arena, at, type);
    if (protocol !== undefined) this.#protocol.writeValue(arena, at, protocol);
    if (route.onLink) this.#flags.write(arena, at, ['onLink']);
    if (mtu !== undefined) this.#mtu.write(arena, at, mtu);
    for (const hop of route.nextHops) this.#hop.write(arena, hop);
  }

  /** What a packet is like whose way is asked for. */
  writeQuestion(arena: Arena, question: RouteQuestion): void {
    const at = arena.record(this.table);
    const { family, address, from, device, inDevice, mark } = question;
    const width = widthOf[family];
    this.#family.writeName(arena, at, family);
    this.#prefixLength.write(arena, at, width);
    this.#destination.write(arena, at, address);
    // IPv6 tells the table anyway, and refuses the flag.
    if (family === 'ipv4') this.#findTable.write(arena, at, ['findTable']);
    if (from !== undefined) {
      this.#from.write(arena, at, from);
      this.#fromPrefixLength.write(arena, at, width);
    }
    if (device !== undefined) this.#device.write(arena, at, device);
    if (inDevice !== undefined) this.#inDevice.write(arena, at, inDevice);
    if (mark !== undefined) this.#mark.write(arena, at, mark);
  }

  writeFilter(arena: Arena, { family, table, device }: KernelRouteFilter): void {
    const at = arena.record(this.table);
    if (family !== undefined) this.#family.writeName(arena, at, family);
    if (table !== undefined) this.#table.writeValue(arena, at, table);
    if (device !== undefined) this.#device.write(arena, at, device);
  }

  /** For one listing: reads each route; the records of its next hops follow it. */
  reader(
    matches: (route: Route) => boolean,
  ): (rows: Results, at: number, table: number) => Route | undefined {
    let last: { nextHops?: NextHop[] } = {};
    return (rows, at, table) => {
      if (table !== this.table.index) {
        last.nextHops ??= [];
        last.nextHops.push(this.#hop.read(rows, at));
        return undefined;
      }
      const route = this.#read(rows, at);
      last = (route ?? {}) as { nextHops?: NextHop[] };
      return route !== undefined && matches(route) ? route : undefined;
    };
  }

  /**
   * As {@link RouteRecord.reader}, each with its keys. The slot is what the kernel looks routes up
   * by, and what replacing one goes by; a device counts by its number, whatever it is called.
   */
  seenReader(): (rows: Results, at: number, table: number) => Seen<Route> | undefined {
    const read = this.reader(() => true);
    let last: Seen<Route> = { slot: '', key: '', object: undefined };
    return (rows, at, table) => {
      const object = read(rows, at, table);
      if (table !== this.table.index) {
        last.key += ` via ${this.#hop.readKey(rows, at)}`;
        last.joins = last.object?.family === 'ipv6';
        return undefined;
      }
      const nameless = this.#deviceIndex.present(rows, at) && !this.#device.present(rows, at);
      last = { ...this.#readKeys(rows, at), object: nameless ? undefined : object };
      return last;
    };
  }

  #readKeys(rows: Results, at: number): { slot: string; key: string } {
    const text = (field: AddressField): string =>
      field.present(rows, at) ? field.read(rows, at) : '';
    const number = (field: NumberField): number =>
      field.present(rows, at) ? field.read(rows, at) : 0;
    const from = `${text(this.#from)}/${number(this.#fromPrefixLength)}`;
    const slot = [
      `${number(this.#family)} ${number(this.#table)} ${number(this.#tos)} ${number(this.#metric)}`,
      `${text(this.#destination)}/${number(this.#prefixLength)} from ${from}`,
    ].join(' ');
    const ways = [this.#type, this.#scope, this.#protocol, this.#deviceIndex, this.#mtu].map(
      number,
    );
    const key = `${slot} ${ways.join(' ')} ${text(this.#gateway)} ${text(this.#source)}`;
    return { slot, key };
  }

  #read(rows: Results, at: number): Route | undefined {
    const family = this.#family.readName(rows, at);
    const type = this.#type.readName(rows, at);
    const flags = this.#flags.read(rows, at);
    if (family === undefined || type === undefined) return undefined;
    return {
      destination: this.#readDestination(rows, at, family),
      family,
      type,
      table: this.#table.readValue(rows, at),
      protocol: this.#protocol.readValue(rows, at),
      scope: this.#scope.readValue(rows, at),
      ...(this.#gateway.present(rows, at) && { gateway: this.#gateway.read(rows, at) }),
      ...(this.#device.present(rows, at) && { device: this.#device.read(rows, at) }),
      ...(this.#source.present(rows, at) && { source: this.#source.read(rows, at) }),
      ...(this.#metric.present(rows, at) && { metric: this.#metric.read(rows, at) }),
      ...(this.#mtu.present(rows, at) && { mtu: this.#mtu.read(rows, at) }),
      ...Object.fromEntries(flags.map((flag) => [flag, true])),
    };
  }

  #readDestination(rows: Results, at: number, family: Family): string {
    const length = this.#prefixLength.read(rows, at);
    if (this.#destination.present(rows, at)) {
      return formatPrefix({ address: this.#destination.read(rows, at), length });
    }
    return family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  }
}
