import { formatAddress, writeAddress } from '../address/index.js';
import type { Choice, FieldDescription } from './addon.js';
import type { Arena } from './arena.js';
import type { Results } from './results.js';

type Storage = FieldDescription['storage'];

/** A field of a record: knows its place and its presence bit. */
abstract class Field {
  readonly name: string;
  protected readonly offset: number;
  protected readonly size: number;
  readonly #bit: number;

  constructor(description: FieldDescription, storages: readonly Storage[]) {
    if (!storages.includes(description.storage)) {
      throw new TypeError(`field ${description.name} is stored as ${description.storage}`);
    }
    this.name = description.name;
    this.offset = description.offset;
    this.size = description.size;
    this.#bit = description.bit;
  }

  /** Whether the kernel sent it. */
  present(rows: Results, at: number): boolean {
    const word = rows.view.getUint32(at + (this.#bit >> 5) * 4, true);
    return ((word >>> (this.#bit & 31)) & 1) === 1;
  }

  /** Marks it as one to be sent. */
  protected mark(arena: Arena, at: number): void {
    const place = at + (this.#bit >> 5) * 4;
    const word = arena.view.getUint32(place, true);
    arena.view.setUint32(place, word | (1 << (this.#bit & 31)), true);
  }
}

/** An integer of up to 32 bits. */
export class NumberField extends Field {
  constructor(description: FieldDescription) {
    super(description, ['u8', 'u16', 'u32', 's32']);
  }

  read(rows: Results, at: number): number {
    const place = at + this.offset;
    if (this.size === 4) return rows.view.getUint32(place, true);
    return this.size === 2 ? rows.view.getUint16(place, true) : rows.view.getUint8(place);
  }

  write(arena: Arena, at: number, value: number): void {
    const place = at + this.offset;
    if (this.size === 4) arena.view.setUint32(place, value, true);
    else if (this.size === 2) arena.view.setUint16(place, value, true);
    else arena.view.setUint8(place, value);
    this.mark(arena, at);
  }
}

/** A 64-bit counter. */
export class CounterField extends Field {
  constructor(description: FieldDescription) {
    super(description, ['u64']);
  }

  /** Exact up to 2^53, rounded beyond. */
  readNumber(rows: Results, at: number): number {
    const place = at + this.offset;
    return rows.view.getUint32(place, true) + rows.view.getUint32(place + 4, true) * 2 ** 32;
  }

  readBigInt(rows: Results, at: number): bigint {
    return rows.view.getBigUint64(at + this.offset, true);
  }

  write(arena: Arena, at: number, value: bigint): void {
    arena.view.setBigUint64(at + this.offset, value, true);
    this.mark(arena, at);
  }
}

/** An integer whose values have names. */
export class ChoiceField<T extends string> extends NumberField {
  /** By their values: most of these are small, and an array is then read faster than a map. */
  readonly #names: (T | undefined)[] = [];
  readonly #values = new Map<T, number>();

  constructor(description: FieldDescription, names: readonly T[]) {
    super(description);
    for (const name of names) this.#add(name, description.choices);
  }

  /** The name, or `undefined` for a value that has none here. */
  readName(rows: Results, at: number): T | undefined {
    return this.#names[this.read(rows, at)];
  }

  writeName(arena: Arena, at: number, name: T): void {
    this.write(arena, at, this.#values.get(name) ?? 0);
  }

  /** The name, or the number of what has none. */
  readValue(rows: Results, at: number): T | number {
    return this.readName(rows, at) ?? this.read(rows, at);
  }

  writeValue(arena: Arena, at: number, value: T | number): void {
    if (typeof value === 'number') this.write(arena, at, value);
    else this.writeName(arena, at, value);
  }

  #add(name: T, choices: readonly Choice[] = []): void {
    const choice = choices.find((candidate) => candidate.name === name);
    if (choice === undefined) throw new TypeError(`field ${this.name} has no choice ${name}`);
    this.#names[choice.value] = name;
    this.#values.set(name, choice.value);
  }
}

/** Bits with names, some of which a request sets or clears while it leaves the others alone. */
export class FlagsField<T extends string> extends Field {
  readonly #bits = new Map<T, number>();

  constructor(description: FieldDescription, names: readonly T[]) {
    super(description, ['flags', 'u32', 'u16', 'u8']);
    for (const { name, value } of description.choices ?? []) {
      if (names.includes(name as T)) this.#bits.set(name as T, value);
    }
    if (this.#bits.size !== names.length) throw new TypeError(`field ${this.name} lacks a flag`);
  }

  /** The names of the bits that are set. */
  read(rows: Results, at: number): T[] {
    const value = this.#load(rows.view, at);
    return [...this.#bits].filter(([, bit]) => (value & bit) !== 0).map(([name]) => name);
  }

  /** Whether the bit of that name is set. */
  has(rows: Results, at: number, name: T): boolean {
    return (this.#load(rows.view, at) & (this.#bits.get(name) ?? 0)) !== 0;
  }

  /** Sets exactly these bits among all that have names; others stay as they are. */
  write(arena: Arena, at: number, set: readonly T[]): void {
    let value = 0;
    let mask = 0;
    for (const [name, bit] of this.#bits) {
      mask |= bit;
      if (set.includes(name)) value |= bit;
    }
    this.#store(arena.view, at, (this.#load(arena.view, at) & ~mask) | value);
    if (this.size === 8) arena.view.setUint32(at + this.offset + 4, mask, true);
    this.mark(arena, at);
  }

  #load(view: DataView, at: number): number {
    const place = at + this.offset;
    if (this.size === 1) return view.getUint8(place);
    return this.size === 2 ? view.getUint16(place, true) : view.getUint32(place, true);
  }

  #store(view: DataView, at: number, value: number): void {
    const place = at + this.offset;
    if (this.size === 1) view.setUint8(place, value);
    else if (this.size === 2) view.setUint16(place, value, true);
    else view.setUint32(place, value, true);
  }
}

/** A short text. */
export class TextField extends Field {
  /** The text written last, and its bytes: rows of requests mostly name the same. */
  #last = '';
  #lastBytes: Uint8Array = new Uint8Array();

  constructor(description: FieldDescription) {
    super(description, ['text']);
  }

  /** Longest text that fits, in bytes. */
  get longest(): number {
    return this.size - 1;
  }

  read(rows: Results, at: number): string {
    const start = at + this.offset;
    const end = rows.buffer.indexOf(0, start);
    return rows.buffer.toString('utf8', start, Math.min(end, start + this.size));
  }

  write(arena: Arena, at: number, text: string): void {
    if (text !== this.#last) {
      const bytes = Buffer.alloc(this.longest);
      this.#lastBytes = bytes.subarray(0, bytes.write(text));
      this.#last = text;
    }
    arena.bytes.set(this.#lastBytes, at + this.offset);
    this.mark(arena, at);
  }
}

/** An IPv4 or IPv6 address. */
export class AddressField extends Field {
  constructor(description: FieldDescription) {
    super(description, ['address']);
  }

  /** `family` overrules the length: IPVS pads IPv4 addresses to sixteen bytes. */
  read(rows: Results, at: number, family?: 'ipv4' | 'ipv6'): string {
    const place = at + this.offset;
    const length = family === undefined ? rows.view.getUint8(place) : family === 'ipv4' ? 4 : 16;
    return formatAddress(rows.view, place + 4, length);
  }

  /** How the address lies there: 4 or 16 bytes. */
  length(rows: Results, at: number): number {
    return rows.view.getUint8(at + this.offset);
  }

  write(arena: Arena, at: number, address: string): void {
    const place = at + this.offset;
    arena.view.setUint8(place, writeAddress(arena.view, place + 4, address));
    this.mark(arena, at);
  }
}

/** A few bytes that mean something to whoever reads them: a hardware address. */
export class BytesField extends Field {
  constructor(description: FieldDescription) {
    super(description, ['bytes']);
  }

  /** A copy. */
  read(rows: Results, at: number): Uint8Array {
    const place = at + this.offset;
    const length = Math.min(rows.view.getUint8(place), this.size - 1);
    return Uint8Array.from(rows.buffer.subarray(place + 1, place + 1 + length));
  }

  write(arena: Arena, at: number, bytes: Uint8Array): void {
    const place = at + this.offset;
    const length = Math.min(bytes.length, this.size - 1);
    arena.view.setUint8(place, length);
    arena.bytes.set(bytes.subarray(0, length), place + 1);
    this.mark(arena, at);
  }
}
