import { expect, it } from 'vitest';
import { watch } from '../../../src/route/watch/index.js';
import type { Answer } from '../support/fake-addon.js';
import { openLine } from './support.js';

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
