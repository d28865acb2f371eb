// @ts-check
// REDIRECT rules: many at once, in a namespace of their own. Needs nf_tables for IPv4, which User-Mode Linux lacks.
import { freshNetns, removeNetnses } from '../lib/handle.mjs';
import { compare, libraryAt, program, tool } from '../lib/measure.mjs';

/** The spawned command is so slow that it gets a part of them only. */
const spawned = 50;

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ kernel, emulated, quick, times }) {
  if (kernel.startsWith('uml')) return;
  for (const count of emulated ? [100] : [100, 1000]) {
    yield await adding(count, { times, toolTimes: quick || emulated ? 1 : 3 });
  }
}

/**
 * @param {number} count
 * @param {{ times: number, toolTimes: number }} how
 * @returns {Promise<import('../lib/row.mjs').Row>}
 */
async function adding(count, { times, toolTimes }) {
  const library = libraryAt('rules.mjs', 'add');
  const warmUps = 20;
  const costs = await compare({
    library: { times, warmUps, run: () => library.run({ netns: freshNetns(), count }) },
    roomy: { times, warmUps, run: () => library.runRoomy({ netns: freshNetns(), count }) },
    floor: { times, run: () => program('rules', [count], freshNetns()) },
    tool: { times: toolTimes, run: () => spawnEach(freshNetns(), count) },
    batch: { times: toolTimes, run: () => inOneFile(freshNetns(), count) },
  });
  library.end();
  removeNetnses();
  return {
    group: 'add nat rules',
    title: `add ${count.toLocaleString('en')} REDIRECT rules, Promise.all`,
    operations: count,
    size: count,
    floorName: 'C, one transaction',
    toolName: 'iptables -A, each',
    batchName: 'nft -f',
    most: { floor: 1.5, tool: 20 },
    ...costs,
  };
}

/** @param {string} netns @param {number} count */
function inOneFile(netns, count) {
  const chain = 'type nat hook prerouting priority dstnat';
  const rules = Array.from({ length: count }, (_, index) => {
    return `add rule ip bench prerouting ip daddr ${addressOf(index)} counter redirect`;
  });
  const input = ['add table ip bench', `add chain ip bench prerouting { ${chain}; }`, ...rules];
  // nft opens its input by name, which the sockets that Node makes do not allow.
  const command = ['sh', '-c', 'cat | nft -f -'];
  return tool('nsenter', [`--net=/run/netns/${netns}`, ...command], `${input.join('\n')}\n`);
}

/** @param {number} index */
const addressOf = (index) => `10.4.${index >> 8}.${index & 255}`;

/** @param {string} netns @param {number} count */
function spawnEach(netns, count) {
  const start = performance.now();
  for (let index = 0; index < spawned; index++) {
    const rule = `-w -t nat -A PREROUTING -d 10.4.0.${index} -j REDIRECT`;
    tool('nsenter', [`--net=/run/netns/${netns}`, 'iptables-nft', ...rule.split(' ')]);
  }
  return { wall: ((performance.now() - start) / 1e3 / spawned) * count, cpu: 0 };
}
