import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Capture, Frame, FrameBatch } from '../../../src/capture/index.js';
import { capture } from '../../../src/capture/index.js';
import { ethernet, ipv4, text, udp } from '../../unit/capture/support/build.js';
import { makeCable, removeCable, Sender } from './support/wire.js';

const sender = new Sender();
beforeAll(() => makeCable('near', 'far'));
afterAll(() => {
  sender[Symbol.dispose]();
  removeCable('near');
});

const frameSize = 1042;
/** A frame that can be told from the others. */
const numbered = (number: number): Uint8Array =>
  ethernet(0x08_00, ipv4(17, udp(number, 9, text('x'.repeat(1000)))));
const numberOf = ({ bytes }: Frame): number => ((bytes[34] ?? 0) << 8) | (bytes[35] ?? 0);

/** Batches of the numbered frames, each with what was sent since the one before. */
async function* sent(frames: Capture, counts: readonly number[]): AsyncGenerator<FrameBatch> {
  const batches = frames.batches();
  for (const [round, count] of counts.entries()) {
    const list = Array.from({ length: 10 }, (_, index) => numbered(round * 100 + index));
    await sender.send('near', list, count / 10);
    for (let seen = 0; seen < count; ) {
      const next = await batches.next();
      if (next.done === true) return;
      seen += next.value.length;
      yield next.value;
    }
  }
  await batches.return();
}

/** Large ones are handed over as they are, small ones are copied. */
const counts = [10, 1000, 20, 1000, 30, 1000];

test('a batch knows its frames and their bytes, and gives each by its place', async () => {
  const frames = await capture({ device: 'far', snapLength: 61 }).ready();
  for await (const batch of sent(frames, [10, 200])) {
    const list = [...batch];
    expect(list).toHaveLength(batch.length);
    expect(batch.wireLength).toBe(batch.length * frameSize);
    expect(list.map((_, index) => batch.at(index))).toEqual(list);
    expect(new Set(list.map((frame) => frame.bytes.length))).toEqual(new Set([61]));
    const nowhere = [-1, 0.5, batch.length].map((index) => batch.at(index));
    expect(nowhere).toEqual([undefined, undefined, undefined]);
  }
});

test('what a reader keeps stays as it was while other batches are released', async () => {
  const frames = await capture({ device: 'far' }).ready();
  const kept: { frame: Frame; copy: Uint8Array }[] = [];
  let round = 0;
  for await (const batch of sent(frames, [...counts, ...counts])) {
    if (round++ % 3 !== 0) batch.release();
    else for (const frame of batch) kept.push({ frame, copy: frame.bytes.slice() });
  }
  expect(kept.length).toBeGreaterThan(500);
  for (const { frame, copy } of kept) expect(Buffer.compare(frame.bytes, copy)).toBe(0);
});

test('of a released batch nothing can be read, and its frames have no bytes', async () => {
  const frames = await capture({ device: 'far' }).ready();
  for await (const batch of sent(frames, counts)) {
    const frame = batch.at(0);
    expect(frame?.bytes).toHaveLength(frameSize);
    batch.release();
    batch[Symbol.dispose]();
    expect(frame?.bytes).toHaveLength(0);
    expect(batch.length).toBeGreaterThan(0);
    const released = expect.objectContaining({ code: 'ERR_LVS_CLOSED' });
    expect(() => batch.at(0)).toThrow(released);
    expect(() => [...batch]).toThrow(released);
  }
});

test('a reader that releases its batches needs no more memory than for one', async () => {
  const frames = await capture({ device: 'far' }).ready();
  const before = process.memoryUsage().arrayBuffers;
  for await (const batch of sent(frames, counts)) {
    expect(numberOf(batch.at(batch.length - 1) ?? raise()) % 100).toBeLessThan(10);
    batch.release();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1000 * frameSize);
  }
});

function raise(): never {
  throw new Error('an empty batch');
}
