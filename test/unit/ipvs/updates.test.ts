import { describe, expect, it, vi } from 'vitest';
import type { FullServiceSettings } from '../../../src/ipvs/service-settings.js';
import { mergeService } from '../../../src/ipvs/service-settings.js';
import { loadAddon } from '../../../src/native/index.js';
import { KeyedQueue } from '../../../src/native/keyed-queue.js';
import { flushed, openFakeIpvs } from './support.js';

const operations = loadAddon()
  .describe('ipvs')
  .operations.map(({ name }) => name);

describe('KeyedQueue', () => {
  it('runs one task of a key after another, also behind one that failed', async () => {
    const queue = new KeyedQueue();
    const steps: string[] = [];
    const task =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        steps.push(`${name} begins`);
        await flushed();
        steps.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const first = queue.run('x', task('a', true));
    const second = queue.run('x', task('b'));
    const apart = queue.run('y', task('c'));
    expect(steps).toEqual(['a begins', 'c begins']);
    await expect(first).rejects.toThrow('a');
    await expect(Promise.all([second, apart])).resolves.toEqual(['b', 'c']);
    expect(steps.indexOf('b begins')).toBeGreaterThan(steps.indexOf('a ends'));
  });

  it('forgets a key that is done, and leaves no rejection unhandled', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const queue = new KeyedQueue();
    const failing = queue.run('x', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    await flushed();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    const started = vi.fn(() => Promise.resolve());
    void queue.run('x', started);
    expect(started).toHaveBeenCalledOnce();
  });
});

describe('updates of destinations in one tick', () => {
  const sent = (requests: readonly { readonly operation: number }[]): (string | undefined)[] =>
    requests.map(({ operation }) => operations[operation]);

  it('share a listing', async () => {
    const { addon, ipvs } = await openFakeIpvs();
    for (let i = 1; i < 9; i++) {
      ipvs.updateDest('fwmark:1', `10.0.0.${i}`, { weight: 2 }).catch(() => undefined);
    }
    await flushed();
    expect(sent(addon.requests)).toEqual(['listDests']);
    addon.end();
  });

  it('look again behind a destination that is added between them', async () => {
    const { addon, ipvs } = await openFakeIpvs();
    const calls = [
      ipvs.updateDest('fwmark:1', '10.0.0.1', { weight: 2 }),
      ipvs.addDest('fwmark:1', { address: '10.0.0.2', weight: 5 }),
      ipvs.updateDest('fwmark:1', '10.0.0.2', { upperThreshold: 4 }),
    ];
    for (const call of calls) call.catch(() => undefined);
    await flushed();
    expect(sent(addon.requests)).toEqual(['listDests', 'addDest', 'listDests']);
    addon.end();
  });

  it('write nothing where the destination is not there', async () => {
    const { addon, ipvs } = await openFakeIpvs();
    const call = ipvs.updateDest('fwmark:1', '10.0.0.1', { weight: 2 });
    await flushed();
    addon.answer([1, {}]);
    await flushed();
    expect(sent(addon.requests)).toEqual(['listDests', 'getService']);
    addon.answer([2, { error: -3 }]);
    await expect(call).rejects.toMatchObject({ code: 'ESRCH', object: 'fwmark:1' });
    await flushed();
    expect(addon.requests).toHaveLength(2);
  });
});

describe('a patch of a service', () => {
  const current: FullServiceSettings = {
    scheduler: 'sh',
    schedulerFlags: ['sh-port', 'flag-3'],
    onePacket: true,
    persistence: { timeout: 60, prefixLength: 24 },
    persistenceEngine: 'sip',
  };

  it('keeps what it does not name', () => {
    expect(mergeService('ipv4', current, {})).toEqual(current);
    expect(mergeService('ipv4', current, { onePacket: false })).toEqual({
      ...current,
      onePacket: false,
    });
    expect(mergeService('ipv4', current, { persistence: { timeout: 9 } })).toEqual({
      ...current,
      persistence: { timeout: 9, prefixLength: 24 },
    });
    expect(mergeService('ipv4', current, { persistence: true })).toEqual(current);
  });

  it('takes away what it names as absent', () => {
    const { persistence, persistenceEngine, schedulerFlags } = mergeService('ipv4', current, {
      persistence: undefined,
      persistenceEngine: undefined,
      schedulerFlags: [],
    });
    expect([persistence, persistenceEngine, schedulerFlags]).toEqual([undefined, undefined, []]);
    expect(mergeService('ipv4', current, { persistence: false }).persistence).toBeUndefined();
  });

  it('keeps the bits of flags when the scheduler changes, under the names they have there', () => {
    const flags = (scheduler: string): readonly string[] =>
      mergeService('ipv4', current, { scheduler }).schedulerFlags;
    expect(flags('mh')).toEqual(['mh-port', 'flag-3']);
    expect(flags('rr')).toEqual(['flag-2', 'flag-3']);
    expect(flags('sh')).toEqual(['sh-port', 'flag-3']);
  });
});
