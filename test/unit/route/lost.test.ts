import { expect, it } from 'vitest';
import { addAddress } from '../../../src/route/address-addition.js';
import { removeAddress } from '../../../src/route/addresses.js';
import type { Line } from '../../../src/route/line.js';
import type { Answer, SubmittedRequest } from '../support/fake-addon.js';
import { openLine } from './support.js';

const address = { device: 'ens3', address: '10.0.0.1/24' };

/** A line to a kernel that loses the answers to writes, and has, or lacks, what is asked for. */
async function openLossy(
  has: (writes: number) => boolean,
): Promise<{ line: Line; writes: () => number }> {
  let row: Buffer | undefined;
  let writes = 0;
  const write = (_: number, { blocks }: SubmittedRequest): Answer => {
    writes++;
    row ??= Buffer.from(blocks[0]?.bytes ?? []);
    return { flags: ['lost'] };
  };
  const { line } = await openLine({
    addAddress: write,
    removeAddress: write,
    listAddresses: () => ({ rows: row !== undefined && has(writes) ? [row] : [] }),
  });
  return { line, writes: () => writes };
}

it('a lost answer is settled by what the kernel has', async () => {
  const { line, writes } = await openLossy(() => true);
  await addAddress(line, address, {});
  expect(writes()).toBe(1);
});

it('what turns out not to be done is asked for once more', async () => {
  const { line, writes } = await openLossy((count) => count > 1);
  await addAddress(line, address, {});
  expect(writes()).toBe(2);
});

it('what is never done ends in an error that says so', async () => {
  const { line, writes } = await openLossy(() => false);
  await expect(addAddress(line, address, {})).rejects.toMatchObject({
    name: 'HandleError',
    code: 'ERR_LVS_UNKNOWN_OUTCOME',
    message: expect.stringContaining('10.0.0.1/24 on ens3'),
  });
  expect(writes()).toBe(2);
});

it('a removal is settled the other way round', async () => {
  const { line, writes } = await openLossy(() => false);
  await removeAddress(line, { device: 'ens3', address: '10.0.0.1' }, {});
  expect(writes()).toBe(1);
});
