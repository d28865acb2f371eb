// @ts-check
// What happens once: a call on an idle handle, opening a handle, loading the library.
import { execFileSync } from 'node:child_process';
import { fstat } from 'node:fs';
import path from 'node:path';
import { Ipvs } from '../../../dist/index.js';
import { Rtnl } from '../../../dist/route/index.js';
import { freshNetns, removeNetnses, withIpvs } from '../lib/handle.mjs';
import { compare, cost, floor } from '../lib/measure.mjs';

/** @typedef {import('../lib/row.mjs').Row} Row */

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ hasIpvs, times }) {
  if (hasIpvs) yield await getting(times);
  yield await opening(times, hasIpvs ? Ipvs : Rtnl);
  yield await importing(times);
}

const gets = 500;
const opens = 20;

/** What Node itself takes to ask a thread and hear from it. */
async function askNode() {
  for (let i = 0; i < gets; i++) await new Promise((resolve) => fstat(0, resolve));
}

/** @param {number} times @returns {Promise<Row>} */
async function getting(times) {
  const netns = freshNetns();
  floor(['add', 1, 0, 1], netns);
  const costs = await withIpvs(netns, (ipvs) => {
    const getAll = async () => {
      for (let i = 0; i < gets; i++) await ipvs.getService('tcp://10.1.0.0:80');
    };
    return compare({
      library: { times, run: () => cost(getAll) },
      floor: { times, run: () => floor(['get', gets], netns) },
      tool: { times, run: () => cost(askNode) },
    });
  });
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

/**
 * @param {number} times
 * @param {{ name: string, open(): Promise<{ close(): Promise<void> }> }} Handle
 * @returns {Promise<Row>}
 */
async function opening(times, Handle) {
  const costs = await compare({
    library: {
      times,
      run: async () => {
        /** @type {{ close(): Promise<void> }[]} */
        const open = [];
        const opened = await cost(async () => {
          for (let i = 0; i < opens; i++) open.push(await Handle.open());
        });
        await Promise.all(open.map((handle) => handle.close()));
        return opened;
      },
    },
  });
  return {
    group: 'open',
    title: `opening a handle, ${Handle.name}`,
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
  const costs = await compare(
    {
      library: { times, run: () => loading(library) },
      floor: { times, run: () => loading(empty) },
    },
    0,
  );
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
