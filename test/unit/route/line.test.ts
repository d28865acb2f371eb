import { tracingChannel } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import type { RequestTrace } from '../../../src/index.js';
import { addAddress } from '../../../src/route/address-addition.js';
import { listLinks } from '../../../src/route/links.js';
import { openLine } from './support.js';

it('gives up a listing that changes race with each time', async () => {
  const { line, asked } = await openLine({ listLinks: () => ({ flags: ['interrupted'] }) });
  await expect(listLinks(line, {}, {})).rejects.toMatchObject({
    name: 'KernelError',
    code: 'EINTR',
    message: expect.stringContaining('it changed each of the 10 times that it was read'),
  });
  expect(asked).toHaveLength(10);
});

it('tells traces what a change is about', async () => {
  const { line } = await openLine({});
  const objects: (string | undefined)[] = [];
  const ignore = (): void => undefined;
  const subscribers = {
    start: ({ object }: RequestTrace): unknown => objects.push(object),
    end: ignore,
    asyncStart: ignore,
    asyncEnd: ignore,
    error: ignore,
  };
  const requests = tracingChannel<unknown, RequestTrace>('lvs:request');
  requests.subscribe(subscribers);
  await addAddress(line, { device: 'ens3', address: '10.0.0.1/24' }, {});
  requests.unsubscribe(subscribers);
  expect(objects).toEqual(['10.0.0.1/24 on ens3']);
});
