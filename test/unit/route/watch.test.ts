import { expect, it } from 'vitest';
import { Connection } from '../../../src/native/connection.js';
import { loadAddon } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import { bindTo } from '../../../src/route/bound.js';
import { Line } from '../../../src/route/line.js';
import { watch } from '../../../src/route/watch/index.js';
import { FakeAddon } from '../support/fake-addon.js';

it('says why it could not begin, and what to do', async () => {
  const addon = new FakeAddon(loadAddon().describe('route'));
  const protocol = new Protocol('route', addon.describe());
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  addon.answer([0, {}]);
  const line = new Line(await opening, bindTo(protocol));
  const submit = addon.submit.bind(addon);
  addon.submit = (handle, requests) => {
    submit(handle, requests);
    for (const { id, operation } of addon.batches.at(-1) ?? []) {
      const refused = operation === protocol.operation('watch').index;
      setImmediate(() => addon.answer([id, refused ? { error: -24 } : {}]));
    }
  };
  await expect(watch(line, { links: true }).next()).rejects.toMatchObject({
    name: 'KernelError',
    code: 'EMFILE',
    operation: 'watch',
    message: expect.stringContaining('raise the limit'),
  });
  expect(addon.requests.at(-1)?.operation).toBe(protocol.operation('unwatch').index);
});
