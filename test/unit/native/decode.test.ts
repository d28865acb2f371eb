import { describe, expect, it } from 'vitest';
import type { FieldDescription } from '../../../src/native/addon.js';
import { Arena } from '../../../src/native/arena.js';
import { decodeBlock, decodeRequest } from '../../../src/native/decode.js';
import { Protocol } from '../../../src/native/table.js';

const colours = [
  { value: 1, name: 'red' },
  { value: 2, name: 'green' },
];

const families = [
  { value: 2, name: 'ipv4' },
  { value: 10, name: 'ipv6' },
];

function fields(
  ...list: readonly (readonly [FieldDescription['name'], FieldDescription['storage'], number])[]
): FieldDescription[] {
  let offset = 8;
  return list.map(([name, storage, size], bit) => {
    const choices = name === 'family' ? families : name === 'byte' ? undefined : colours;
    const field = { name, storage, offset, size, bit, choices };
    offset += Math.ceil(size / 8) * 8;
    return field;
  });
}

const table = {
  name: 'thing',
  size: 200,
  fields: fields(
    ['family', 'u16', 2],
    ['address', 'address', 20],
    ['byte', 'u8', 1],
    ['colour', 'u32', 4],
    ['flags', 'flags', 8],
    ['name', 'text', 16],
    ['mac', 'bytes', 8],
    ['counter', 'u64', 8],
    ['absent', 'u32', 4],
    ['error', 's32', 4],
  ),
};
const protocol = new Protocol('test', { tables: [table], operations: [] });
const thing = protocol.table('thing');

function written(write: (arena: Arena) => void): ReturnType<typeof decodeRequest> {
  const arena = new Arena();
  const from = arena.length;
  write(arena);
  return decodeRequest(protocol, arena.view, from, arena.length);
}

describe('a record in words', () => {
  it('has the fields that are set, as what they are', () => {
    const decoded = written((arena) => {
      const at = arena.record(thing);
      thing.address('address').write(arena, at, '2001:db8::1');
      thing.number('byte').write(arena, at, 255);
      thing.choice('colour', ['red', 'green']).writeName(arena, at, 'green');
      thing.flags('flags', ['red', 'green']).write(arena, at, ['red', 'green']);
      thing.text('name').write(arena, at, 'ens3');
      thing.bytes('mac').write(arena, at, Uint8Array.of(2, 0, 171));
      thing.counter('counter').write(arena, at, 2n ** 60n);
    });
    expect(decoded).toEqual([
      {
        record: 'thing',
        value: {
          address: '2001:db8::1',
          byte: 255,
          colour: 'green',
          flags: ['red', 'green'],
          name: 'ens3',
          mac: '0200ab',
          counter: 2n ** 60n,
        },
      },
    ]);
  });

  it('has numbers below zero', () => {
    const decoded = written((arena) => {
      thing.number('error').write(arena, arena.record(thing), -22);
    });
    expect(decoded).toEqual([{ record: 'thing', value: { error: -22 } }]);
  });

  it('says by number what has no name', () => {
    const decoded = written((arena) => {
      const at = arena.record(thing);
      thing.number('colour').write(arena, at, 77);
      thing.flags('flags', ['red', 'green']).write(arena, at, ['red']);
      arena.view.setUint32(at + (table.fields[4]?.offset ?? 0), 0x80_00_00_01, true);
    });
    expect(decoded[0]?.value).toEqual({ colour: 77, flags: ['red', 0x80_00_00_00] });
  });

  it('reads four bytes of an IPv4 address that IPVS has padded', () => {
    const decoded = written((arena) => {
      const at = arena.record(thing);
      thing.choice('family', ['ipv4', 'ipv6']).writeName(arena, at, 'ipv4');
      thing.address('address').write(arena, at, '10.0.0.1');
      arena.view.setUint8(at + (table.fields[1]?.offset ?? 0), 16);
    });
    expect(decoded[0]?.value).toEqual({ family: 'ipv4', address: '10.0.0.1' });
  });
});

describe('a record of which only the first fields go over', () => {
  it('is read as far as it goes', () => {
    const decoded = written((arena) => {
      const at = arena.record(thing, thing.sizeThrough('byte'));
      thing.number('byte').write(arena, at, 7);
      arena.blob(Uint8Array.of(1));
    });
    expect(decoded).toEqual([
      { record: 'thing', value: { byte: 7 } },
      { record: 'bytes', value: Uint8Array.of(1) },
    ]);
  });
});

describe('other blocks', () => {
  it('are text and bytes, one behind the other', () => {
    const decoded = written((arena) => {
      arena.text('ipv4/ip_forward');
      arena.record(thing);
      arena.blob(Uint8Array.of(1, 2, 3));
    });
    expect(decoded).toEqual([
      { record: 'text', value: 'ipv4/ip_forward' },
      { record: 'thing', value: {} },
      { record: 'bytes', value: Uint8Array.of(1, 2, 3) },
    ]);
  });

  it('may hold several records; those of an unknown table are passed over', () => {
    const view = new DataView(new ArrayBuffer(table.size * 2));
    const block = { at: 0, table: 0, size: table.size * 2 };
    expect(decodeBlock(protocol, view, block)).toHaveLength(2);
    expect(decodeBlock(protocol, view, { ...block, table: 9 })).toEqual([]);
  });
});
