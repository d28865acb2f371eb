import { expect, it } from 'vitest';
import { Connection } from '../../../src/native/connection.js';
import { loadAddon, Subscription } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import { FakeAddon } from '../support/fake-addon.js';
import { flushed } from './support.js';

/** A subscription of rtnetlink's whose thread answers when told to. */
async function open() {
  const addon = new FakeAddon(loadAddon().describe('route'));
  const protocol = new Protocol('route', addon.describe());
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  addon.answer([0, {}]);
  const connection = await opening;
  const joining = Subscription.join(connection, { groups: ['links'], bufferSize: 4096 }, {});
  await flushed();
  addon.answer([lastOf(addon).id, {}]);
  return { addon, connection, protocol, subscription: await joining };
}

function lastOf(addon: FakeAddon) {
  const request = addon.requests.at(-1);
  if (request === undefined) throw new Error('nothing was asked for');
  return request;
}

const read = (): number => 1;

it('keeps the process alive while an announcement is waited for, and no longer', async () => {
  const { addon, subscription } = await open();
  expect(addon.references.at(-1)).toBe(false);
  const waiting = subscription.next(read, new AbortController().signal);
  await flushed();
  expect(addon.references.at(-1)).toBe(true);
  addon.answer([lastOf(addon).id, { rows: [Buffer.alloc(8)], flags: ['interrupted', 'end'] }]);
  expect(await waiting).toEqual({ rows: [1], lost: true, drained: true });
  expect(addon.references.at(-1)).toBe(false);
});

it('leaves what it has joined, also where joining was given up', async () => {
  const { addon, connection, protocol, subscription } = await open();
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const joining = Subscription.join(connection, { groups: ['links'], bufferSize: 4096 }, options);
  await flushed();
  const { argument, id } = lastOf(addon);
  controller.abort(new Error('enough'));
  await flushed();
  expect(lastOf(addon)).toMatchObject({
    argument,
    operation: protocol.operation('unwatch').index,
  });
  addon.answer([id, {}], [lastOf(addon).id, {}]);
  await expect(joining).rejects.toThrow('enough');

  const waiting = subscription.next(read, new AbortController().signal);
  const leaving = subscription.leave();
  await flushed();
  const [next, leave] = addon.requests.slice(-2);
  expect(leave?.argument).not.toBe(argument);
  addon.answer([next?.id ?? 0, { error: -125, flags: ['cancelled'] }], [leave?.id ?? 0, {}]);
  await leaving;
  await expect(waiting).rejects.toMatchObject({ code: 'ECANCELED' });
});
