// @ts-check
// Addresses: many at once, on a device of a namespace of their own. Needs no IPVS.
import { Rtnl } from '../../../dist/route/index.js';
import { freshNetns, removeNetnses } from '../lib/handle.mjs';
import { compare, cost, floor, tool } from '../lib/measure.mjs';

/** The spawned command is so slow that it gets a part of them only. */
const spawned = 100;

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ emulated, quick, times }) {
  for (const count of emulated ? [1000] : [1000, 10_000]) {
    // The kernel searches all of a device's addresses for each one: ten thousand take it seconds.
    const many = count > 1000;
    yield await adding(count, { times: many ? 3 : times, toolTimes: many || quick ? 1 : 3 });
  }
}

/** The same addresses as in floor.c. @param {number} index */
const addressOf = (index) => `10.3.${index >> 8}.${index & 255}/32`;

/**
 * @param {number} count
 * @param {{ times: number, toolTimes: number }} how
 * @returns {Promise<import('../lib/row.mjs').Row>}
 */
async function adding(count, { times, toolTimes }) {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const costs = await compare(
    {
      library: {
        times,
        run: async () => {
          const route = await Rtnl.open({ netns: freshNetns() });
          const add = () =>
            Promise.all(
              indexes.map((index) => route.addAddress({ device: 'lo', address: addressOf(index) })),
            );
          const result = await cost(add);
          await route.close();
          return result;
        },
      },
      floor: { times, run: () => floor(['addresses', count, 1000], freshNetns()) },
      tool: { times: toolTimes, run: () => spawnEach(freshNetns(), count) },
    },
    count > 1000 ? 1 : 4,
  );
  removeNetnses();
  return {
    group: 'add addresses',
    title: `add ${count.toLocaleString('en')} addresses, Promise.all`,
    operations: count,
    size: count,
    floorName: 'C, 1000 a send',
    toolName: 'ip address add, each',
    most: { floor: 1.5, tool: 20 },
    ...costs,
  };
}

/** @param {string} netns @param {number} count */
function spawnEach(netns, count) {
  const start = performance.now();
  for (let index = 0; index < spawned; index++) {
    tool('ip', ['-n', netns, 'address', 'add', addressOf(index), 'dev', 'lo']);
  }
  return { wall: ((performance.now() - start) / 1e3 / spawned) * count, cpu: 0 };
}
