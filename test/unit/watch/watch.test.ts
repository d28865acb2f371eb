import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HandleError } from '../../../src/errors/index.js';
import { Watch } from '../../../src/watch/index.js';

/** A source that gives what a test puts in, and knows what was done with it. */
class Source {
  readonly calls: string[] = [];
  startError: Error | undefined;
  #waiting: { resolve: (events: number[]) => void; reject: (error: unknown) => void } | undefined;

  async start(): Promise<void> {
    this.calls.push('start');
    await turn();
    if (this.startError !== undefined) throw this.startError;
  }

  next(signal: AbortSignal): Promise<number[]> {
    this.calls.push('next');
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#waiting = { resolve, reject };
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  stop(): Promise<void> {
    this.calls.push('stop');
    return Promise.resolve();
  }

  async give(...events: number[]): Promise<void> {
    await turn();
    await turn();
    this.#waiting?.resolve(events);
  }

  async fail(error: unknown): Promise<void> {
    await turn();
    await turn();
    this.#waiting?.reject(error);
  }
}

const end = { done: true, value: undefined };

describe('a watch', () => {
  it('begins when it is read, and asks for more when what came has been read', async () => {
    const source = new Source();
    const watch = new Watch(source, undefined);
    expect(source.calls).toEqual([]);
    const first = watch.next();
    await source.give(1, 2);
    expect(await first).toEqual({ done: false, value: 1 });
    expect(await watch.next()).toEqual({ done: false, value: 2 });
    expect(source.calls).toEqual(['start', 'next']);
    const third = watch.next();
    await source.give();
    await source.give(3);
    expect(await third).toEqual({ done: false, value: 3 });
    expect(source.calls).toEqual(['start', 'next', 'next', 'next']);
  });

  it('answers readings in their order', async () => {
    const source = new Source();
    const watch = new Watch(source, undefined);
    const readings = [watch.next(), watch.next(), watch.next()];
    await source.give(1, 2);
    await source.give(3);
    expect((await Promise.all(readings)).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it('is left by break, with what has come unread', async () => {
    const source = new Source();
    const watch = new Watch(source, undefined);
    source.give(1, 2).catch(() => undefined);
    for await (const event of watch) {
      expect(event).toBe(1);
      break;
    }
    expect(source.calls.at(-1)).toBe('stop');
    expect(await watch.next()).toEqual(end);
  });

  it('that was never read has nothing to end', async () => {
    const source = new Source();
    await new Watch(source, undefined).close();
    expect(source.calls).toEqual([]);
  });

  it('ends a waiting reading when it is closed, once', async () => {
    const source = new Source();
    const watch = new Watch(source, undefined);
    const waiting = watch.next();
    await turn();
    await Promise.all([watch.close(), watch.return()]);
    expect(await waiting).toEqual(end);
    expect(source.calls.filter((call) => call === 'stop')).toHaveLength(1);
  });

  it('throws the reason of its signal once, and leaves no listener', async () => {
    const source = new Source();
    const controller = new AbortController();
    const watch = new Watch(source, controller.signal);
    await watch.ready();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('enough'));
    await expect(watch.next()).rejects.toThrow('enough');
    expect(await watch.next()).toEqual(end);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(() => new Watch(source, controller.signal)).toThrow('enough');
  });

  it('throws what went wrong at the beginning, or later, and ends', async () => {
    const source = new Source();
    source.startError = new Error('refused');
    const refused = new Watch(source, undefined);
    await expect(refused.ready()).rejects.toThrow('refused');
    expect(await refused.next()).toEqual(end);
    source.startError = undefined;
    const watch = new Watch(source, undefined);
    const waiting = watch.next();
    source.fail(new Error('broken')).catch(() => undefined);
    await expect(waiting).rejects.toThrow('broken');
    expect(await watch.next()).toEqual(end);
    expect(source.calls.at(-1)).toBe('stop');
  });

  it('that was closed or given up before it began never begins', async () => {
    const source = new Source();
    const closed = new Watch(source, undefined);
    {
      await using held = closed;
      expect(held).toBe(closed);
    }
    await expect(closed.ready()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' });
    const controller = new AbortController();
    const given = new Watch(source, controller.signal);
    const beginning = given.ready();
    controller.abort(new Error('enough'));
    await expect(beginning).rejects.toThrow('enough');
    expect(source.calls).toEqual(['start', 'stop']);
  });

  it('ends without a word when its handle is closed', async () => {
    const source = new Source();
    const watch = new Watch(source, undefined);
    const waiting = watch.next();
    source.fail(new HandleError('ERR_LVS_CLOSED', 'closed')).catch(() => undefined);
    expect(await waiting).toEqual(end);
  });
});
