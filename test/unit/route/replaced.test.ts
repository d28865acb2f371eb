// Addresses that are removed and added again, in a kernel where that goes wrong.
import { expect, it } from 'vitest';
import { addAddress } from '../../../src/route/address-addition.js';
import { relabelAddress } from '../../../src/route/address-changes.js';
import { listAddresses } from '../../../src/route/addresses.js';
import type { Line } from '../../../src/route/line.js';
import { openLine } from './support.js';

const key = { device: 'ens3', address: '10.0.0.1/24' };
const enomem = -12;

/** A kernel that has this address with label `ens3`; later additions come to what `onAddition` says. */
async function openKernel(onAddition: (count: number) => number): Promise<Line> {
  let row: Buffer | undefined;
  const { line } = await openLine({
    addAddress: (count, { blocks }) => {
      const error = count === 1 ? 0 : onAddition(count - 1);
      if (error === 0) row = Buffer.from(blocks[0]?.bytes ?? []);
      return { error };
    },
    removeAddress: () => {
      row = undefined;
      return {};
    },
    listAddresses: () => ({ rows: row === undefined ? [] : [row] }),
  });
  await addAddress(line, { ...key, label: 'ens3' }, {});
  return line;
}

async function labels(line: Line): Promise<unknown[]> {
  return (await listAddresses(line, {}, {})).map(({ label }) => label);
}

it('the old one is back when the new one is refused', async () => {
  const line = await openKernel((count) => (count === 1 ? enomem : 0));
  const relabelled = relabelAddress(line, key, 'ens3:1', 'device', {});
  await expect(relabelled).rejects.toMatchObject({ code: 'ENOMEM', operation: 'add address' });
  expect(await labels(line)).toEqual(['ens3']);
});

it('a signal comes too late when the old one is gone', async () => {
  const controller = new AbortController();
  const line = await openKernel(() => {
    controller.abort();
    return 0;
  });
  await relabelAddress(line, key, 'ens3:1', 'device', { signal: controller.signal });
  expect(await labels(line)).toEqual(['ens3:1']);
});
