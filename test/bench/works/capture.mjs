// @ts-check
// Frames through the library: counted by batches, or looked at as objects. Whoever is done with a batch releases it.
import { capture } from '../../../dist/capture/index.js';

/** @type {import('../../../dist/capture/index.js').Capture | undefined} */
let frames;
/** @type {Promise<number> | undefined} */
let reading;
let before = process.resourceUsage();

/**
 * Captures from `begin` to `end`, which tells what it cost and how many frames there were. Both times
 * are the processor's, since the wall's is that of whoever sends.
 * @param {{ step: 'begin' | 'end', device: string, how: keyof typeof readers }} what
 */
export async function receive({ step, device, how }) {
  if (step === 'begin') {
    frames = await capture({ device }).ready();
    reading = readers[how](frames);
    before = process.resourceUsage();
    return { wall: 0, cpu: 0 };
  }
  const after = process.resourceUsage();
  await frames?.close();
  const count = await reading;
  const dropped = (await frames?.stats())?.dropped;
  const micros =
    after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
  return { wall: micros / 1e6, cpu: micros / 1e6, count, dropped };
}

/** @param {import('../../../dist/capture/index.js').Capture} frames */
async function countBatches(frames) {
  let count = 0;
  let bytes = 0;
  for await (const batch of frames.batches()) {
    count += batch.length;
    bytes += batch.wireLength;
    batch.release();
  }
  return bytes > 0 ? count : 0;
}

/** @param {import('../../../dist/capture/index.js').Capture} frames */
async function countObjects(frames) {
  let count = 0;
  let bytes = 0;
  for await (const batch of frames.batches()) {
    for (const frame of batch) {
      count++;
      bytes += frame.bytes.length;
    }
    batch.release();
  }
  return bytes > 0 ? count : 0;
}

/** @param {import('../../../dist/capture/index.js').Capture} frames */
async function countFrames(frames) {
  let count = 0;
  let bytes = 0;
  for await (const frame of frames) {
    count++;
    bytes += frame.bytes.length;
  }
  return bytes > 0 ? count : 0;
}

const readers = { batches: countBatches, objects: countObjects, frames: countFrames };
