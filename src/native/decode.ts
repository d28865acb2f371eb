import { formatAddress } from '../address/index.js';
import type { FieldDescription } from './addon.js';
import type { Protocol, Table } from './table.js';
import { bytesBlock, headers, textBlock } from './wire.js';

/** A block in words. */
interface Decoded {
  readonly record: string;
  readonly value: Readonly<Record<string, unknown>> | string | Uint8Array;
}

/** Where a block's body lies, and what it is. */
interface Block {
  readonly at: number;
  readonly table: number;
  readonly size: number;
}

/** The blocks of a request, which lie between `from` and `to`. */
export function decodeRequest(
  protocol: Protocol,
  view: DataView,
  from: number,
  to: number,
): Decoded[] {
  const decoded: Decoded[] = [];
  for (let at = from; at < to; ) {
    const size = view.getUint32(at, true);
    const table = view.getUint16(at + 4, true);
    const body = at + headers.block;
    decoded.push(...decodeBlock(protocol, view, { at: body, table, size }));
    at = body + Math.ceil(size / 8) * 8;
  }
  return decoded;
}

/** A block, which may hold several records of its table, or the first fields of one. */
export function decodeBlock(
  protocol: Protocol,
  view: DataView,
  { at, table: index, size }: Block,
): Decoded[] {
  if (index === textBlock) return [{ record: 'text', value: bytesAt(view, at, size).toString() }];
  if (index === bytesBlock) {
    return [{ record: 'bytes', value: Uint8Array.from(bytesAt(view, at, size)) }];
  }
  const table = protocol.tableAt(index);
  if (table === undefined) return [];
  return Array.from({ length: Math.max(Math.floor(size / table.size), 1) }, (_, row) => ({
    record: table.name,
    value: decodeRecord(table, view, at + row * table.size),
  }));
}

/** The fields of a record that are set, by their names and in the table's order. */
function decodeRecord(table: Table, view: DataView, at: number): Record<string, unknown> {
  const presence = view.getBigUint64(at, true);
  const present = table.fields.filter(({ bit }) => ((presence >> BigInt(bit)) & 1n) === 1n);
  const family = present.find(({ name, choices }) => name === 'family' && choices !== undefined);
  const isIpv4 = family !== undefined && decodeField(family, view, at, false) === 'ipv4';
  return Object.fromEntries(
    present.map((field) => [field.name, decodeField(field, view, at, isIpv4)]),
  );
}

function decodeField(
  field: FieldDescription,
  view: DataView,
  at: number,
  isIpv4: boolean,
): unknown {
  const { storage, size, choices } = field;
  const place = at + field.offset;
  switch (storage) {
    case 'text':
      return textAt(view, place, size);
    case 'address':
      // IPVS pads IPv4 addresses to sixteen bytes.
      return formatAddress(view, place + 4, isIpv4 ? 4 : view.getUint8(place));
    case 'bytes': {
      const length = Math.min(view.getUint8(place), size - 1);
      return bytesAt(view, place + 1, length).toString('hex');
    }
    case 'u64':
      return view.getBigUint64(place, true);
    case 's32':
      return view.getInt32(place, true);
    default: {
      const value = unsignedAt(view, place, size);
      if (storage === 'flags' || field.name === 'flags') return namesOf(value, choices);
      return choices?.find((choice) => choice.value === value)?.name ?? value;
    }
  }
}

/** The names of the bits that are set; what has no name is one number at the end. */
function namesOf(
  value: number,
  choices: FieldDescription['choices'] = [],
): readonly (string | number)[] {
  const set = choices.filter((choice) => (value & choice.value) !== 0);
  const rest = set.reduce((bits, choice) => bits & ~choice.value, value) >>> 0;
  const names = set.map(({ name }) => name);
  return rest === 0 ? names : [...names, rest];
}

function unsignedAt(view: DataView, place: number, size: number): number {
  if (size >= 4) return view.getUint32(place, true);
  return size === 2 ? view.getUint16(place, true) : view.getUint8(place);
}

function textAt(view: DataView, place: number, size: number): string {
  const bytes = bytesAt(view, place, size);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? size : end);
}

function bytesAt(view: DataView, place: number, size: number): Buffer {
  return Buffer.from(view.buffer, view.byteOffset + place, size);
}
