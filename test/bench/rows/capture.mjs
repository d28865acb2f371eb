// @ts-check
// Capturing: the processor time that receiving takes at 200 000 frames a second. Sending as many needs a
// fast kernel with a second processor, so it is measured on the machine's own, in a namespace.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { compare, libraryAt } from '../lib/measure.mjs';

const program = path.resolve(import.meta.dirname, '../../../build/bench/capture');
const rate = 200_000;
/** Behind the last frame: until the kernel hands over a block that is not full. */
const lastBlock = 250;

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ kernel, quick }) {
  if (kernel !== 'host') return;
  makeCable();
  const how = { seconds: quick ? 2 : 5, times: quick ? 3 : 5 };
  yield await receiving('batches', { ...how, most: { floor: 2 } });
  yield await receiving('objects', { ...how, most: {} });
  yield await receiving('frames', { ...how, most: {} });
  execFileSync('ip', ['link', 'delete', 'near']);
}

function makeCable() {
  execFileSync('ip', ['link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far']);
  for (const device of ['near', 'far']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${device}/disable_ipv6`, '1');
    execFileSync('ip', ['link', 'set', device, 'up']);
  }
}

/** What is looked at: the counts of each batch, the frames of each batch, or one frame after the other. */
const readings = {
  batches: 'counted by batches, which are released',
  objects: 'as objects, batch by batch, which are released',
  frames: 'as objects, one by one',
};

/**
 * @param {keyof typeof readings} how
 * @param {{ seconds: number, times: number, most: import('../lib/row.mjs').Row['most'] }} conditions
 * @returns {Promise<import('../lib/row.mjs').Row>}
 */
async function receiving(how, { seconds, times, most }) {
  const library = libraryAt('capture.mjs', 'receive');
  const what = { device: 'far', how };
  let dropped = 0;
  const costs = await compare({
    library: {
      times,
      warmUps: 2,
      run: async () => {
        await library.run({ ...what, step: 'begin' });
        const sent = await send(seconds);
        const cost = /** @type {{ wall: number, cpu: number, count: number, dropped: number }} */ (
          await library.run({ ...what, step: 'end' })
        );
        if (cost.count + cost.dropped !== sent) throw new Error(`${cost.count} of ${sent} frames`);
        dropped += cost.dropped;
        return cost;
      },
    },
    floor: { times, run: () => receivePlainly(seconds) },
  });
  library.end();
  const title = `${rate.toLocaleString('en')} frames a second, ${readings[how]}: processor time; ${dropped} dropped`;
  return {
    group: `capture, ${how}`,
    title,
    operations: rate * seconds,
    size: rate,
    floorName: 'C, a ring read and copied out of',
    most,
    ...costs,
  };
}

/** @param {number} seconds @returns {Promise<number>} how many frames */
async function send(seconds) {
  const sender = spawn(program, ['send', 'near', String(rate), String(seconds)]);
  const sent = await outputOf(sender);
  await wait(lastBlock);
  return Number(sent);
}

/** @param {number} seconds */
async function receivePlainly(seconds) {
  const receiver = spawn(program, ['receive', 'far', 'keep']);
  const output = outputOf(receiver);
  await once(receiver.stdout, 'data'); // ready
  await send(seconds);
  receiver.stdin.end();
  const [, cpu = 0] = ((await output).split('\n')[1] ?? '').split(' ').map(Number);
  return { wall: cpu, cpu };
}

/** @param {import('node:child_process').ChildProcessWithoutNullStreams} child */
async function outputOf(child) {
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  await once(child, 'close');
  return text;
}
