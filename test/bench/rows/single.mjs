// @ts-check
// What happens once: a call on an idle handle, opening a handle, loading the library.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { freshNetns, removeNetnses } from '../lib/handle.mjs';
import { compare, floor, libraryAt } from '../lib/measure.mjs';

/** @typedef {import('../lib/row.mjs').Row} Row */

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ hasIpvs, times }) {
  if (hasIpvs) yield await getting(times);
  if (hasIpvs) yield await opening(times, 'Ipvs');
  yield await opening(times, 'Rtnl');
  yield await importing(times);
}

const gets = 500;
const opens = 20;
const warmUps = 10;

/** @param {number} times @returns {Promise<Row>} */
async function getting(times) {
  const netns = freshNetns();
  floor(['add', 1, 0, 1], netns);
  const library = libraryAt('objects.mjs', 'getOften');
  const node = libraryAt('handles.mjs', 'askNode');
  const costs = await compare({
    library: { times, warmUps, run: () => library.run({ netns }) },
    roomy: { times, warmUps, run: () => library.runRoomy({ netns }) },
    floor: { times, run: () => floor(['get', gets], netns) },
    tool: { times, warmUps, run: () => node.run() },
  });
  library.end();
  node.end();
  removeNetnses();
  return {
    group: 'getService',
    title: 'getService while idle',
    operations: gets,
    size: 1,
    floorName: 'C, one round trip',
    toolName: 'fs.fstat()',
    most: { floor: 1.5, wakeUps: 1 },
    ...costs,
  };
}

/** @param {number} times @param {'Ipvs' | 'Rtnl'} name @returns {Promise<Row>} */
async function opening(times, name) {
  const library = libraryAt('handles.mjs', `open${name}`);
  const costs = await compare({
    library: { times, warmUps, run: () => library.run() },
    roomy: { times, warmUps, run: () => library.runRoomy() },
  });
  library.end();
  return {
    group: `open ${name}`,
    title: `opening a handle, ${name}`,
    operations: opens,
    size: 1,
    most: { seconds: 0.002 },
    ...costs,
  };
}

/** @param {number} times @returns {Promise<Row>} */
async function importing(times) {
  const library = path.resolve(import.meta.dirname, '../../../dist/index.js');
  const empty = path.resolve(import.meta.dirname, '../lib/empty.mjs');
  const costs = await compare({
    library: { times, run: () => loading(library) },
    floor: { times, run: () => loading(empty) },
  });
  const { library: whole, floor: nothing } = costs;
  if (whole === undefined) throw new Error('nothing was measured');
  return {
    group: 'import',
    title: "import 'lvs', beyond an empty module",
    operations: 1,
    size: 1,
    most: { seconds: 0.015 },
    library: {
      wall: whole.wall - (nothing?.wall ?? 0),
      cpu: whole.cpu - (nothing?.cpu ?? 0),
      first: whole.first - (nothing?.first ?? 0),
    },
  };
}

/** Loads a module in a fresh process, which measures the import alone. @param {string} module */
function loading(module) {
  const script = `
    const start = performance.now(), cpu = process.cpuUsage();
    await import(${JSON.stringify(module)});
    const { user, system } = process.cpuUsage(cpu);
    console.log((performance.now() - start) / 1e3, (user + system) / 1e6);`;
  const args = ['--input-type=module', '--eval', script];
  const text = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const [wall = 0, cpu = 0] = text.split(' ').map(Number);
  return { wall, cpu };
}
