import { describe, expect, it } from 'vitest';
import { loadAddon } from '../../../src/native/index.js';
import { flushed, openFakeIpvs } from './support.js';

const { tables, operations } = loadAddon().describe('ipvs');

function tableOf(name: string): {
  readonly index: number;
  readonly table: (typeof tables)[number];
} {
  const index = tables.findIndex((table) => table.name === name);
  const table = tables[index];
  if (table === undefined) throw new Error(`no table ${name}`);
  return { index, table };
}

/** Where a number lies in a record of that table. */
function placeOf(tableName: string, fieldName: string): number {
  const field = tableOf(tableName).table.fields.find(({ name }) => name === fieldName);
  if (field === undefined) throw new Error(`no field ${fieldName}`);
  return field.offset;
}

/** A destination in which only those numbers are not zero. */
function destRow(numbers: { readonly [field: string]: number }): Uint8Array {
  const row = Buffer.alloc(tableOf('dest').table.size);
  row.fill(0xff, 0, 8);
  row.writeUInt16LE(2, placeOf('dest', 'family'));
  row.writeUInt8(4, placeOf('dest', 'address'));
  for (const [field, value] of Object.entries(numbers))
    row.writeUInt8(value, placeOf('dest', field));
  return row;
}

describe('what is read', () => {
  it('and has no name yet is shown by its number', async () => {
    const { addon, ipvs } = await openFakeIpvs();
    const listing = ipvs.listDests('fwmark:7');
    await flushed();
    const tunnel = choiceOf(tableOf('dest').table, 'forwarding', 'tun');
    const rows = [
      destRow({ forwarding: 6 }),
      destRow({ forwarding: tunnel, tunnel: 9 }),
      destRow({ forwarding: tunnel }),
    ];
    addon.answer([addon.requests[0]?.id ?? 0, { rows, table: tableOf('dest').index }]);
    expect(await listing).toMatchObject([
      { fwd: 'unknown-6' },
      { fwd: 'tun', tunnel: { type: 'unknown-9', checksum: 'none' } },
      { fwd: 'tun', tunnel: { type: 'ipip' } },
    ]);
    addon.end();
  });

  it('is asked for by the number of a protocol that has no name', async () => {
    const { addon, ipvs } = await openFakeIpvs();
    ipvs.getService('ip-47://10.0.0.1:0').catch(() => undefined);
    await flushed();
    const [block] = addon.requests[0]?.blocks ?? [];
    expect(block?.bytes.readUInt16LE(placeOf('service', 'protocol'))).toBe(47);
    addon.end();
  });

  it('is not asked for with options that mean nothing', async () => {
    const { addon, ipvs } = await openFakeIpvs();
    const refused = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
    await expect(ipvs.listServices({ timeout: 0 })).rejects.toMatchObject(refused);
    await expect(ipvs.sysctl.list({ timeout: 0 })).rejects.toMatchObject(refused);
    await flushed();
    expect(addon.requests).toEqual([]);
    addon.end();
  });
});

it('a state that is never read in peace is an error, after some attempts', async () => {
  const { addon, ipvs } = await openFakeIpvs();
  const exporting = ipvs.exportState();
  exporting.catch(() => undefined);
  const snapshot = operations.findIndex(({ name }) => name === 'readSnapshot');
  let answered = 0;
  for (let turn = 0; turn < 20; turn++) {
    await flushed();
    for (const { id, operation } of addon.requests.slice(answered)) {
      answered++;
      if (operation === snapshot) addon.answer([id, { flags: ['interrupted'] }]);
    }
  }
  await expect(exporting).rejects.toMatchObject({
    name: 'LvsError',
    code: 'ERR_LVS_TORN',
    message: expect.stringContaining('5 times in a row'),
  });
  expect(addon.requests.filter(({ operation }) => operation === snapshot)).toHaveLength(5);
  addon.end();
});

/** The number of a choice. */
function choiceOf(table: (typeof tables)[number], fieldName: string, choiceName: string): number {
  const field = table.fields.find(({ name }) => name === fieldName);
  return field?.choices?.find(({ name }) => name === choiceName)?.value ?? 0;
}
