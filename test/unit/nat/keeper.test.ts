import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RedirectKeeper } from '../../../src/nat/keep/keeper.js';
import type { Loss } from '../../../src/nat/keep/losses.js';
import { checkKeep } from '../../../src/nat/keep/options.js';
import { Pace } from '../../../src/nat/keep/pace.js';
import { checkWatch } from '../../../src/nat/watch/options.js';
import { Watch } from '../../../src/watch/index.js';

/** A keeper of a rule that is lost that often, and put back as `ensure` can. */
function keeperOf(count: number, ensure: () => Promise<boolean>): RedirectKeeper {
  const losses: Loss[] = Array.from({ length: count }, () => ({ kind: 'flushed' }));
  const source = {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    next: async (signal: AbortSignal): Promise<Loss[]> => {
      const loss = losses.shift();
      if (loss !== undefined) return [loss];
      await delay(100_000, undefined, { signal });
      return [];
    },
  };
  return new RedirectKeeper({
    rule: {},
    object: 'iptables -t nat -A PREROUTING -j REDIRECT',
    keeps: () => true,
    attempts: 3,
    period: 60_000,
    signal: undefined,
    losses: new Watch(source, undefined),
    ensure,
    onEnd: () => undefined,
  });
}

describe('the pace', () => {
  it('slows down, stops, and goes on when the period is over', () => {
    const pace = new Pace(4, 10_000);
    const pauses: (number | undefined)[] = [];
    for (const now of [0, 1, 2, 3, 4]) {
      pauses.push(pace.pause(now));
      pace.did(now);
    }
    expect(pauses).toEqual([0, 100, 200, 400, undefined]);
    expect(pace.pause(10_000)).toBe(undefined);
    expect(pace.pause(10_003)).toBe(100);
    expect(pace.pause(20_000)).toBe(0);
  });
});

describe('a keeper', () => {
  it('gives up with what the kernel said when it cannot put the rule back', async () => {
    let attempts = 0;
    const refused = new Error('EPERM');
    const keeper = keeperOf(1, () => {
      attempts++;
      return Promise.reject(refused);
    });
    await expect(keeper.finished).rejects.toBe(refused);
    await expect(keeper.next()).rejects.toBe(refused);
    expect(attempts).toBe(3);
  });

  it('tries again, and says nothing where somebody else was faster', async () => {
    const answers = [
      () => Promise.reject(new Error('EAGAIN')),
      async () => true,
      async () => false,
    ];
    const keeper = keeperOf(2, () => (answers.shift() as () => Promise<boolean>)());
    expect(await keeper.next()).toEqual({
      done: false,
      value: { rule: {}, cause: 'flushed', count: 2 },
    });
    while (answers.length > 0) await delay(5);
    await keeper.close();
    expect(await keeper.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a loop over a keeper', () => {
  it('is told what was put back, and ends it when it is left', async () => {
    const keeper = keeperOf(2, async () => true);
    for await (const { count } of keeper) if (count === 2) break;
    await keeper.finished;
  });
});

describe('options', () => {
  it('of watches and keepers are checked', () => {
    expect(checkWatch({}).families).toEqual(['ipv4', 'ipv6']);
    expect(() => checkWatch({ interval: 9 })).toThrow(/interval must be an integer from 10/);
    expect(() => checkWatch({ bufferSize: 1 })).toThrow(RangeError);
    expect(() => checkWatch({ family: 'arp' as 'ipv4' })).toThrow(/'ipv4', 'ipv6'/);
    expect(() => checkKeep({ attempts: 0 }, 'ipv4')).toThrow(/attempts must be/);
    expect(() => checkKeep({ period: 1 }, 'ipv4')).toThrow(/period must be/);
    expect(() => checkKeep({ intervall: 100 } as object, 'ipv4')).toThrow(/known properties/);
  });
});
