// @ts-check
// Addresses: many at once, on a device of a namespace of their own. Needs no IPVS.
import { freshNetns, removeNetnses } from '../lib/handle.mjs';
import { compare, floor, libraryAt, tool } from '../lib/measure.mjs';
import { addressName } from '../lib/names.mjs';

/** The spawned command is so slow that it gets a part of them only. */
const spawned = 100;

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ emulated, quick, times }) {
  for (const count of emulated ? [1000] : [1000, 10_000]) {
    // The kernel searches all of a device's addresses for each one: ten thousand take it seconds.
    const many = count > 1000;
    yield await adding(count, { times: many ? 1 : times, toolTimes: many || quick ? 1 : 3 });
  }
}

/**
 * @param {number} count
 * @param {{ times: number, toolTimes: number }} how
 * @returns {Promise<import('../lib/row.mjs').Row>}
 */
async function adding(count, { times, toolTimes }) {
  const library = libraryAt('addresses.mjs', 'add');
  const warmUps = count > 1000 ? 1 : 20;
  const costs = await compare({
    library: { times, warmUps, run: () => library.run({ netns: freshNetns(), count }) },
    roomy:
      count > 1000
        ? undefined
        : { times, warmUps, run: () => library.runRoomy({ netns: freshNetns(), count }) },
    floor: { times, run: () => floor(['addresses', count, 1000], freshNetns()) },
    tool: { times: toolTimes, run: () => spawnEach(freshNetns(), count) },
    batch: { times: toolTimes, run: () => inBatch(freshNetns(), count) },
  });
  library.end();
  removeNetnses();
  return {
    group: 'add addresses',
    title: `add ${count.toLocaleString('en')} addresses, Promise.all`,
    operations: count,
    size: count,
    floorName: 'C, 1000 a send',
    toolName: 'ip address add, each',
    batchName: 'ip -batch',
    most: { floor: 1.5, tool: 20 },
    ...costs,
  };
}

/** @param {string} netns @param {number} count */
function inBatch(netns, count) {
  const lines = Array.from({ length: count }, (_, i) => `address add ${addressName(i)} dev lo\n`);
  return tool('ip', ['-n', netns, '-batch', '-'], lines.join(''));
}

/** @param {string} netns @param {number} count */
function spawnEach(netns, count) {
  const start = performance.now();
  for (let index = 0; index < spawned; index++) {
    tool('ip', ['-n', netns, 'address', 'add', addressName(index), 'dev', 'lo']);
  }
  return { wall: ((performance.now() - start) / 1e3 / spawned) * count, cpu: 0 };
}
