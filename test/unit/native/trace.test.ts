import { channel, tracingChannel } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageTrace, RequestTrace } from '../../../src/index.js';
import { Connection } from '../../../src/native/connection.js';
import { FakeAddon } from '../support/fake-addon.js';
import { change, flushed, list, numbers, openFake, protocol, row } from './support.js';

describe('the channel lvs:request', () => {
  const requests = tracingChannel<unknown, RequestTrace>('lvs:request');
  let events: [event: string, trace: RequestTrace][] = [];
  const note =
    (event: string) =>
    (trace: RequestTrace): void => {
      events.push([event, { ...trace }]);
    };
  const subscribers = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error'),
  };

  beforeEach(() => {
    events = [];
    requests.subscribe(subscribers);
  });
  afterEach(() => {
    requests.unsubscribe(subscribers);
  });

  it('tells of a request and its rows, before the caller knows', async () => {
    const { addon, connection } = await openFake();
    events = [];
    const call = connection.request(list, { ...numbers, object: 'a thing' });
    await flushed();
    addon.answer([1, { rows: [row(1), row(2)] }]);
    await call;
    expect(events.map(([event]) => event)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    const asked = {
      handle: { kind: 'test', id: connection.handle.id },
      request: expect.any(Number),
      operation: 'list',
      object: 'a thing',
    };
    expect(events[0]?.[1]).toEqual(asked);
    expect(events.at(-1)?.[1]).toEqual({
      ...asked,
      result: { rows: [1, 2], interrupted: false, end: false },
    });
  });

  it('has an error for what the kernel refuses; the caller gets his own', async () => {
    const { addon, connection } = await openFake();
    events = [];
    const call = connection.request(change, { object: 'a thing' });
    await flushed();
    addon.answer([1, { error: -17, texts: { kernelMessage: 'no' } }]);
    await expect(call).rejects.not.toBeInstanceOf(Error);
    await expect(call).rejects.toMatchObject({ code: 'EEXIST' });
    expect(events.map(([event]) => event)).toEqual([
      'start',
      'end',
      'error',
      'asyncStart',
      'asyncEnd',
    ]);
    expect(events.at(-1)?.[1].error).toMatchObject({
      name: 'KernelError',
      message: 'change a thing: EEXIST: the kernel says: no',
      kernelMessage: 'no',
    });
  });

  it('has an error for an answer that was lost, and for an abort', async () => {
    const { addon, connection } = await openFake();
    events = [];
    const lost = connection.request(change, {});
    await flushed();
    addon.answer([1, { flags: ['lost'] }]);
    await expect(lost).rejects.toMatchObject({ lost: true });
    const reason = new Error('enough');
    const aborted = connection.request(change, {}, { signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    const errors = events.filter(([event]) => event === 'error').map(([, { error }]) => error);
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_LVS_UNKNOWN_OUTCOME' }), reason]);
  });

  it('tells of the opening, and handles apart', async () => {
    const addon = new FakeAddon({ tables: [], operations: [] });
    const opening = Connection.open(addon, protocol, { netns: '/run/netns/vm1', timeout: 5000 });
    addon.answer([0, { error: -2, texts: { plain: 'netns' } }]);
    await expect(opening).rejects.toMatchObject({ stage: 'netns' });
    await openFake();
    const opened = events.filter(([event]) => event === 'asyncEnd').map(([, trace]) => trace);
    expect(opened).toMatchObject([
      { operation: 'open', handle: { netns: 'vm1' }, error: { code: 'ENOENT', syscall: 'netns' } },
      { operation: 'open', result: { rows: [] } },
    ]);
    expect(opened[0]?.handle.id).not.toBe(opened[1]?.handle.id);
    expect(opened[1]?.handle).not.toHaveProperty('netns');
  });
});

describe('the channel lvs:message', () => {
  it('shows the records of a request and of its answer', async () => {
    const messages: MessageTrace[] = [];
    const note = (message: unknown): void => {
      messages.push(message as MessageTrace);
    };
    channel('lvs:message').subscribe(note);
    try {
      const { addon, connection } = await openFake();
      const call = connection.request(list, numbers);
      await flushed();
      addon.answer([1, { rows: [row(1)], flags: ['more'] }], [1, { rows: [row(2)] }]);
      await expect(call).resolves.toMatchObject({ rows: [1, 2] });
      expect(messages.map(({ direction, record, value }) => [direction, record, value])).toEqual([
        ['sent', 'thing', { number: 7 }],
        ['received', 'thing', { number: 1 }],
        ['received', 'thing', { number: 2 }],
      ]);
      expect(new Set(messages.map(({ request }) => request)).size).toBe(1);
    } finally {
      channel('lvs:message').unsubscribe(note);
    }
  });
});
