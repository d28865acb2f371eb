import { stat } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { change, list, openFake } from './support.js';

/** Lets requests leave while the clock stands still. */
async function flushed(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => process.nextTick(resolve));
}

describe('a deadline', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** How the call has ended so far: undefined while it has not. */
  const watched = (call: Promise<unknown>): (() => Promise<unknown>) => {
    const settled = vi.fn();
    call.then(() => settled('fulfilled'), settled);
    return async () => {
      await flushed();
      return settled.mock.calls[0]?.[0];
    };
  };

  it('ends a call that nobody answers, and withdraws it', async () => {
    const { addon, connection } = await openFake({ timeout: 5000 });
    const outcome = watched(connection.request(change, {}));
    await flushed();
    await vi.advanceTimersByTimeAsync(4990);
    expect(await outcome()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(20);
    expect(await outcome()).toMatchObject({
      code: 'ERR_LVS_TIMEOUT',
      message: expect.stringContaining('within 5000 ms'),
    });
    expect(addon.cancelled).toEqual([1]);
    expect(connection.inFlight).toBe(0);
  });

  it('ends closing, too, where the thread stays in the kernel', async () => {
    const { addon, connection } = await openFake({ timeout: 1000 });
    const call = watched(connection.request(change, {}));
    const closing = watched(connection.close());
    await flushed();
    await vi.advanceTimersByTimeAsync(1010);
    expect(await call()).toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
    expect(await closing()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1010);
    expect(await closing()).toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
    addon.end();
    await expect(connection.close()).rejects.toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
  });

  it("is the call's own where it has one", async () => {
    const { connection } = await openFake({ timeout: 5000 });
    const outcome = watched(connection.request(change, {}, { timeout: 10 }));
    await flushed();
    await vi.advanceTimersByTimeAsync(20);
    expect(await outcome()).toMatchObject({ message: expect.stringContaining('10 ms') });
  });

  it('runs from when the call before it was answered', async () => {
    const { addon, connection } = await openFake({ timeout: 1000 });
    const outcomes = [1, 2, 3].map(() => watched(connection.request(change, {})));
    await flushed();
    for (const id of [1, 2]) {
      await vi.advanceTimersByTimeAsync(900);
      addon.answer([id, {}]);
    }
    await vi.advanceTimersByTimeAsync(900);
    expect(await outcomes[2]?.()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(await outcomes[2]?.()).toMatchObject({
      code: 'ERR_LVS_TIMEOUT',
    });
  });

  it('that is short is kept behind a call with a long one', async () => {
    const { addon, connection } = await openFake({ timeout: 5000 });
    const outcomes = [
      watched(connection.request(change, {})),
      watched(connection.request(change, {}, { timeout: 10 })),
    ];
    await flushed();
    addon.answer([1, {}]);
    await vi.advanceTimersByTimeAsync(30);
    expect(await outcomes[0]?.()).toBe('fulfilled');
    expect(await outcomes[1]?.()).toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
  });

  it('passes over to the next when the first is given up', async () => {
    const { connection } = await openFake({ timeout: 100 });
    const outcomes = [1, 2].map(() => watched(connection.request(change, {})));
    await flushed();
    await vi.advanceTimersByTimeAsync(250);
    expect(await outcomes[0]?.()).toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
    expect(await outcomes[1]?.()).toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
  });

  it('is over with the answer; the timer, which keeps no process alive, ends by itself', async () => {
    const { addon, connection } = await openFake();
    const call = connection.request(change, {});
    await flushed();
    expect(vi.getTimerCount()).toBe(1);
    addon.answer([1, {}]);
    await call;
    await vi.advanceTimersByTimeAsync(5000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is that of each request, though one timer serves them all', async () => {
    const { addon, connection } = await openFake();
    const first = connection.request(change, {});
    await flushed();
    addon.answer([1, {}]);
    await first;
    await vi.advanceTimersByTimeAsync(4000);
    const second = connection.request(change, {});
    const outcome = watched(second);
    await vi.advanceTimersByTimeAsync(4900);
    expect(await outcome()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(await outcome()).toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
  });
});

it('counts an answer that was there while the program was busy', async () => {
  const { addon, connection } = await openFake({ timeout: 20 });
  const call = connection.request(change, {});
  await new Promise((resolve) => setImmediate(resolve));
  // Delivered where the addon delivers: among the events polled for, behind the timers.
  stat('/', () => addon.answer([1, {}]));
  const end = performance.now() + 60;
  while (performance.now() < end) {
    // The event loop stands still, and the answer waits.
  }
  await expect(call).resolves.toMatchObject({ rows: [] });
});

describe('an AbortSignal', () => {
  const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('that was aborted before keeps the call from leaving', async () => {
    const { addon, connection } = await openFake();
    const reason = new Error('enough');
    const call = connection.request(change, {}, { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
    await soon();
    expect(addon.batches).toEqual([]);
  });

  it('ends the wait at once, withdraws the call and ignores its answer', async () => {
    const { addon, connection } = await openFake();
    const controller = new AbortController();
    const calls = [
      connection.request(change, {}, { signal: controller.signal }),
      connection.request(change, {}),
    ];
    await soon();
    controller.abort();
    await expect(calls[0]).rejects.toMatchObject({ name: 'AbortError' });
    expect(addon.cancelled).toEqual([1]);
    addon.answer([1, { error: -125, flags: ['cancelled'] }], [2, {}]);
    await calls[1];
  });

  it('has no more listeners once the call is over', async () => {
    const { addon, connection } = await openFake();
    const controller = new AbortController();
    const add = vi.spyOn(controller.signal, 'addEventListener');
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const call = connection.request(list, {}, { signal: controller.signal });
    await soon();
    addon.answer([1, {}]);
    await call;
    expect(remove.mock.calls[0]?.slice(0, 2)).toEqual(add.mock.calls[0]?.slice(0, 2));
    controller.abort();
    expect(addon.cancelled).toEqual([]);
  });

  it('serves thousands of calls without a warning', async () => {
    const { addon, connection } = await openFake();
    const warned = vi.fn();
    process.on('warning', warned);
    const { signal } = new AbortController();
    const calls = Array.from({ length: 2000 }, () => connection.request(change, {}, { signal }));
    await soon();
    addon.answer([1, { count: 2000 }]);
    await Promise.all(calls);
    await soon();
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });
});
