import { describe, expect, it, vi } from 'vitest';
import { Connection } from '../../../src/native/connection.js';
import type { Results } from '../../../src/native/results.js';
import { FakeAddon } from '../support/fake-addon.js';
import { change, flushed, list, number, numbers, openFake, protocol, row } from './support.js';

describe('results that came together', () => {
  it('are taken in turns of the event loop, with anything else in between', async () => {
    const { addon, connection } = await openFake();
    const seen: string[] = [];
    const calls = [1, 2, 3].map(async (call) => {
      await connection.request(change, {});
      seen.push(`answer ${call}`);
    });
    await flushed();
    setImmediate(() => seen.push('something else'));
    addon.waiting.push(
      () => addon.answerAndPause([2, {}]),
      () => addon.answer([3, {}]),
    );
    addon.answerAndPause([1, {}]);
    await Promise.all(calls);
    expect(seen).toEqual(['answer 1', 'something else', 'answer 2', 'answer 3']);
    expect(addon.waiting).toEqual([]);
  });
});

describe('a batch', () => {
  it('is all calls of one tick, in their order', async () => {
    const { addon, connection } = await openFake();
    const calls = Array.from({ length: 1000 }, () => connection.request(change, numbers));
    expect(addon.batches).toEqual([]);
    await flushed();
    expect(addon.batches).toHaveLength(1);
    expect(addon.requests.map(({ id }) => id)).toEqual(calls.map((_, index) => index + 1));
    addon.answer([1, { count: 1000 }]);
    await expect(Promise.all(calls)).resolves.toHaveLength(1000);
  });

  it('takes in calls that promises of the same tick make', async () => {
    const { addon, connection } = await openFake();
    const calls = Array.from({ length: 30 }, async (_, index) => {
      for (let i = 0; i < index % 4; i++) await Promise.resolve();
      return connection.request(change, {});
    });
    await flushed();
    expect(addon.batches.map((batch) => batch.length)).toEqual([30]);
    addon.answer([1, { count: 30 }]);
    await Promise.all(calls);
  });

  it('does the same inside a timer', async () => {
    const { addon, connection } = await openFake();
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        for (let i = 0; i < 5; i++) {
          void Promise.resolve()
            .then(() => undefined)
            .then(() => connection.request(change, {}))
            .catch(() => undefined);
        }
        resolve();
      }, 1);
    });
    await flushed();
    expect(addon.batches.map((batch) => batch.length)).toEqual([5]);
    addon.end();
  });

  it('carries operation, argument and blocks', async () => {
    const { addon, connection } = await openFake();
    const call = connection.request(list, { ...numbers, argument: 4_000_000_000 });
    await flushed();
    expect(addon.requests).toEqual([
      { id: 1, operation: 1, argument: 4_000_000_000, blocks: [{ table: 0, bytes: row(7) }] },
    ]);
    addon.answer([1, { rows: [row(7)] }]);
    await call;
  });

  it('leaves out a request whose writing failed, and only that', async () => {
    const { addon, connection } = await openFake();
    const fail = (): never => {
      throw new RangeError('no');
    };
    const calls = [
      connection.request(change, numbers),
      connection.request(change, { write: fail }),
      connection.request(change, numbers),
    ];
    await expect(calls[1]).rejects.toThrow('no');
    await flushed();
    expect(addon.requests.map(({ id, blocks }) => [id, blocks.length])).toEqual([
      [1, 1],
      [3, 1],
    ]);
    addon.answer([1, {}], [3, {}]);
    await Promise.all([calls[0], calls[2]]);
  });

  it('grows beyond the first arena without losing a byte', async () => {
    const { addon, connection } = await openFake();
    const calls = Array.from({ length: 5000 }, () => connection.request(change, numbers));
    await flushed();
    const expected = row(7);
    expect(addon.requests).toHaveLength(5000);
    expect(addon.requests.every(({ blocks }) => blocks[0]?.bytes.equals(expected))).toBe(true);
    addon.answer([1, { count: 5000 }]);
    await Promise.all(calls);
  });
});

describe('an answer', () => {
  it('reaches the call of its number, whatever the order', async () => {
    const { addon, connection } = await openFake();
    const calls = [1, 2, 3].map(() => connection.request(list, numbers));
    await flushed();
    addon.answer([3, { rows: [row(30)] }], [1, { rows: [row(10), row(11)] }]);
    addon.answer([2, {}]);
    const replies = await Promise.all(calls);
    expect(replies.map(({ rows }) => rows)).toEqual([[10, 11], [], [30]]);
  });

  it('is put together from pieces', async () => {
    const { addon, connection } = await openFake();
    const call = connection.request(list, numbers);
    await flushed();
    addon.answer([1, { rows: [row(1)], flags: ['more', 'interrupted'] }]);
    addon.answer([1, { rows: [row(2)], flags: ['more'] }], [1, { rows: [row(3)], flags: ['end'] }]);
    await expect(call).resolves.toEqual({ rows: [1, 2, 3], interrupted: true, end: true });
  });

  it('rejects exactly its own call', async () => {
    const { addon, connection } = await openFake();
    const calls = [1, 2, 3].map(() => connection.request(change, {}));
    await flushed();
    addon.answer([1, {}], [2, { error: -17, texts: { kernelMessage: 'no', field: 'x' } }], [3, {}]);
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(calls[1]).rejects.toMatchObject({
      errno: -17,
      code: 'EEXIST',
      lost: false,
      kernelMessage: 'no',
      field: 'x',
    });
  });

  it('for nobody is passed over', async () => {
    const { addon, connection } = await openFake();
    addon.answer([99, {}], [98, { error: -1 }], [97, { count: 2 }]);
    expect(connection.inFlight).toBe(0);
  });

  it('that was lost is asked for again when it was a reading, three times in all', async () => {
    const { addon, connection } = await openFake();
    const calls = [connection.request(list, numbers), connection.request(change, numbers)];
    const settled = Promise.allSettled(calls);
    await flushed();
    addon.answer([2, { flags: ['lost'] }]);
    for (const id of [1, 3, 4]) {
      addon.answer([id, { rows: [row(1)], flags: ['more'] }], [id, { flags: ['lost'] }]);
      await flushed();
    }
    expect(addon.requests.map(({ operation }) => operation)).toEqual([1, 0, 1, 1]);
    expect(await settled).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ lost: true, errno: 0 }) },
      { status: 'rejected', reason: expect.objectContaining({ lost: true }) },
    ]);
  });

  it('to the second asking holds no rows of the first', async () => {
    const { addon, connection } = await openFake();
    const call = connection.request(list, numbers);
    await flushed();
    addon.answer([1, { rows: [row(1)], flags: ['more'] }], [1, { flags: ['lost'] }]);
    await flushed();
    addon.answer([2, { rows: [row(2)] }]);
    await expect(call).resolves.toMatchObject({ rows: [2] });
  });

  it('is read by the exchange, whose undefined leaves a row out', async () => {
    const { addon, connection } = await openFake();
    const read = (...[rows, at]: Parameters<typeof number.read>): number | undefined => {
      const value = number.read(rows, at);
      return value % 2 === 0 ? value : undefined;
    };
    const call = connection.request(list, { read });
    await flushed();
    addon.answer([1, { rows: [1, 2, 3, 4].map(row) }]);
    await expect(call).resolves.toMatchObject({ rows: [2, 4] });
  });
});

describe('opening and closing', () => {
  it('rejects with the step that failed', async () => {
    const addon = new FakeAddon({ tables: [], operations: [] });
    const opening = Connection.open(addon, protocol, { netns: '', timeout: 5000 });
    addon.answer([0, { error: -2, texts: { plain: 'netns' } }]);
    await expect(opening).rejects.toMatchObject({ code: 'ENOENT', stage: 'netns' });
    expect(addon.closed).toBe(1);
  });

  it('waits for what is in flight, sends what is not yet sent, and refuses what comes later', async () => {
    const { addon, connection } = await openFake();
    const call = connection.request(change, {});
    const closing = connection.close();
    const closed = vi.fn();
    void closing.then(closed);
    expect(addon.batches).toHaveLength(1);
    expect(addon.closed).toBe(1);
    await expect(connection.request(change, {})).rejects.toMatchObject({
      code: 'ERR_LVS_CLOSED',
      name: 'HandleError',
    });
    expect(connection.close()).toBe(closing);
    await flushed();
    expect(closed).not.toHaveBeenCalled();
    addon.answer([1, {}]);
    await call;
    addon.end();
    await closing;
    expect(addon.batches).toHaveLength(1);
  });

  it('rejects what the thread left unanswered', async () => {
    const { addon, connection } = await openFake();
    const call = connection.request(change, {});
    await flushed();
    addon.end();
    await expect(call).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' });
    await expect(connection.request(change, {})).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' });
    await connection.close();
  });

  it('does not ask again for a lost answer while it closes', async () => {
    const { addon, connection } = await openFake();
    const call = connection.request(list, numbers);
    const closing = connection.close();
    addon.answer([1, { flags: ['lost'] }]);
    await expect(call).rejects.toMatchObject({ lost: true });
    addon.end();
    await closing;
  });

  it('gives kept results back when all who kept them have released them', async () => {
    const { addon, connection } = await openFake();
    const kept: Results[] = [];
    const read = (results: Results): void => {
      results.keep();
      kept.push(results);
    };
    const calls = [connection.request(list, { read }), connection.request(list, { read })];
    await flushed();
    addon.answer([1, { rows: [row(1)] }], [2, { rows: [row(2)] }]);
    await Promise.all(calls);
    expect(addon.kept).toBe(1);
    kept[0]?.release();
    expect(addon.detached).toEqual([]);
    kept[1]?.release();
    expect(addon.detached).toEqual([kept[0]?.bytes]);
  });

  it('keeps the process alive only while something is in flight', async () => {
    const { addon, connection } = await openFake();
    expect(addon.references).toEqual([true, false]);
    const calls = [connection.request(change, {}), connection.request(change, {})];
    await flushed();
    expect(addon.references).toEqual([true, false, true]);
    addon.answer([1, {}]);
    expect(addon.references).toEqual([true, false, true]);
    addon.answer([2, {}]);
    expect(addon.references).toEqual([true, false, true, false]);
    await Promise.all(calls);
    const closing = connection.close();
    expect(addon.references.at(-1)).toBe(true);
    addon.end();
    await closing;
  });
});
