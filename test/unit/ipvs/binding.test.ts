import { afterEach, expect, it, vi } from 'vitest';
import type { ProtocolDescription } from '../../../src/native/addon.js';
import { loadAddon } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import { openFakeIpvs } from './support.js';

afterEach(() => vi.restoreAllMocks());

const real = loadAddon().describe('ipvs');
const fieldNames = real.tables.flatMap((table) =>
  table.fields.map((field) => `${table.name}.${field.name}`),
);

/** The description, with a note of each field whose place somebody asks for. */
function observed(bound: Set<string>): ProtocolDescription {
  return {
    operations: real.operations,
    tables: real.tables.map((table) => ({
      ...table,
      fields: table.fields.map((field) => ({
        ...field,
        get storage() {
          bound.add(`${table.name}.${field.name}`);
          return field.storage;
        },
      })),
    })),
  };
}

it('binds every field of every table, so that neither side knows one that the other does not', async () => {
  const bound = new Set<string>();
  await openFakeIpvs(observed(bound));
  expect([...bound].sort()).toEqual([...fieldNames].sort());
});

it('binds every operation', async () => {
  const operation = vi.spyOn(Protocol.prototype, 'operation');
  await openFakeIpvs();
  const bound = new Set(operation.mock.calls.map(([name]) => name));
  expect([...bound].sort()).toEqual(real.operations.map(({ name }) => name).sort());
});

it('binds every choice by its name', async () => {
  const bound = new Set<string>();
  const description: ProtocolDescription = {
    ...real,
    tables: real.tables.map((table) => ({
      ...table,
      fields: table.fields.map((field) => ({
        ...field,
        choices: field.choices?.map((choice) => ({
          name: choice.name,
          get value() {
            bound.add(`${table.name}.${field.name}.${choice.name}`);
            return choice.value;
          },
        })),
      })),
    })),
  };
  await openFakeIpvs(description);
  const choices = real.tables.flatMap((table) =>
    table.fields.flatMap((field) =>
      (field.choices ?? []).map((choice) => `${table.name}.${field.name}.${choice.name}`),
    ),
  );
  expect(choices.filter((choice) => !bound.has(choice))).toEqual([
    // Filters take what a service can have; rows may hold more.
    'connectionQuery.protocol.icmp',
    'connectionQuery.protocol.icmpv6',
  ]);
});

it.each(fieldNames)('does not open when the addon lacks %s', async (name) => {
  const without: ProtocolDescription = {
    ...real,
    tables: real.tables.map((table) => ({
      ...table,
      fields: table.fields.filter((field) => `${table.name}.${field.name}` !== name),
    })),
  };
  await expect(openFakeIpvs(without)).rejects.toThrow(/has no field/);
});

it.each(real.operations.map(({ name }) => name))(
  'does not open when the addon cannot %s',
  async (name) => {
    const operations = real.operations.filter((operation) => operation.name !== name);
    await expect(openFakeIpvs({ ...real, operations })).rejects.toThrow(
      `protocol ipvs has no operation ${name}`,
    );
  },
);

it('does not open when a field is stored in another way', async () => {
  const other: ProtocolDescription = {
    ...real,
    tables: real.tables.map((table) => ({
      ...table,
      fields: table.fields.map((field) => ({
        ...field,
        storage: field.name === 'weight' ? 'u64' : field.storage,
      })),
    })),
  };
  await expect(openFakeIpvs(other)).rejects.toThrow('field weight is stored as u64');
});

it('gives each field a place of its own inside the record', () => {
  for (const { size, fields } of real.tables) {
    let end = 8;
    for (const field of [...fields].sort((a, b) => a.offset - b.offset)) {
      expect(field.offset).toBeGreaterThanOrEqual(end);
      end = field.offset + field.size;
    }
    expect(end).toBeLessThanOrEqual(size);
    expect(new Set(fields.map(({ bit }) => bit)).size).toBe(fields.length);
    expect(size % 8).toBe(0);
  }
});
