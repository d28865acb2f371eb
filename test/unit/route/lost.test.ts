import { expect, it } from 'vitest';
import { Connection } from '../../../src/native/connection.js';
import { loadAddon } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import { addAddress } from '../../../src/route/address-addition.js';
import { removeAddress } from '../../../src/route/addresses.js';
import { bindTo } from '../../../src/route/bound.js';
import { Line } from '../../../src/route/line.js';
import { FakeAddon } from '../support/fake-addon.js';

const address = { device: 'ens3', address: '10.0.0.1/24' };

/** A line to a kernel that loses the answers to writes, and has, or lacks, what is asked for. */
async function openLossy(has: (writes: number) => boolean) {
  const addon = new FakeAddon(loadAddon().describe('route'));
  const protocol = new Protocol('route', addon.describe());
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  addon.answer([0, {}]);
  const bound = bindTo(protocol);
  const line = new Line(await opening, bound);
  const listing = protocol.operation('listAddresses').index;
  let row: Buffer | undefined;
  let writes = 0;
  const submit = addon.submit.bind(addon);
  addon.submit = (handle, requests) => {
    submit(handle, requests);
    for (const { id, operation, blocks } of addon.batches.at(-1) ?? []) {
      if (operation !== listing) {
        writes++;
        row ??= Buffer.from(blocks[0]?.bytes ?? []);
      }
      const rows = operation === listing && row !== undefined && has(writes) ? [row] : [];
      setImmediate(() =>
        addon.answer([id, operation === listing ? { rows } : { flags: ['lost'] }]),
      );
    }
  };
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
