import { expect, it } from 'vitest';
import { Connection } from '../../../src/native/connection.js';
import { loadAddon } from '../../../src/native/index.js';
import { Protocol } from '../../../src/native/table.js';
import { bindTo } from '../../../src/route/bound.js';
import { Line } from '../../../src/route/line.js';
import { watch } from '../../../src/route/watch/index.js';
import type { Answer } from '../support/fake-addon.js';
import { FakeAddon } from '../support/fake-addon.js';

/** A line to a thread that answers each operation as told, by how often it was asked for. */
async function openLine(answers: Readonly<Record<string, (count: number) => Answer>>) {
  const addon = new FakeAddon(loadAddon().describe('route'));
  const protocol = new Protocol('route', addon.describe());
  const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
  addon.answer([0, {}]);
  const line = new Line(await opening, bindTo(protocol));
  const asked: string[] = [];
  const submit = addon.submit.bind(addon);
  addon.submit = (handle, requests) => {
    submit(handle, requests);
    for (const { id, operation } of addon.batches.at(-1) ?? []) {
      const name = addon.describe().operations[operation]?.name ?? '';
      asked.push(name);
      const count = asked.filter((each) => each === name).length;
      setImmediate(() => addon.answer([id, answers[name]?.(count) ?? {}]));
    }
  };
  return { line, asked };
}

const nothing: Answer = { flags: ['end'] };

it('says why it could not begin, and what to do', async () => {
  const { line, asked } = await openLine({ watch: () => ({ error: -24 }) });
  await expect(watch(line, { links: true }).next()).rejects.toMatchObject({
    name: 'KernelError',
    code: 'EMFILE',
    operation: 'watch',
    message: expect.stringContaining('raise the limit'),
  });
  expect(asked.at(-1)).toBe('unwatch');
});

it('goes on with what comes while changes race with each listing, and lists again', async () => {
  const { line, asked } = await openLine({
    listLinks: (count) => (count <= 10 ? { flags: ['interrupted'] } : {}),
    pollEvents: () => nothing,
  });
  const watching = watch(line, { links: true, initial: true });
  expect(await watching.next()).toEqual({ done: false, value: { kind: 'settled' } });
  const listings = Array.from({ length: 10 }, () => 'listLinks');
  expect(asked).toEqual(['watch', ...listings, 'pollEvents', 'listLinks']);
  await watching.close();
});

it('tells of an overrun, and when what was lost has been told', async () => {
  const { line, asked } = await openLine({
    nextEvents: () => ({ flags: ['interrupted', 'end'] }),
  });
  const watching = watch(line, { rules: true });
  expect((await watching.next()).value).toEqual({ kind: 'overrun' });
  expect((await watching.next()).value).toEqual({ kind: 'settled' });
  expect(asked.slice(1)).toEqual([
    'listLinks',
    'listRules',
    'nextEvents',
    'listLinks',
    'listRules',
  ]);
  await watching.close();
});
