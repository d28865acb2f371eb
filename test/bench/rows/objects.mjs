// @ts-check
// Services and destinations: adding them and reading them all.
import { execFileSync } from 'node:child_process';
import { freshNetns, removeNetnses } from '../lib/handle.mjs';
import { compare, floor, libraryAt, tool } from '../lib/measure.mjs';
import { destName, serviceName } from '../lib/names.mjs';

/** @typedef {import('../lib/row.mjs').Row} Row */

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ hasIpvs, quick, emulated, restarts, times }) {
  if (!hasIpvs) return;
  const toolTimes = quick || emulated ? 1 : 3;
  const sizes = emulated ? [100] : [10, 100];
  for (const services of sizes) {
    const largest = services === 100;
    yield await adding(services, 100, { batched: true, times, toolTimes: largest ? toolTimes : 0 });
  }
  for (const services of sizes) {
    yield await adding(services, 100, { batched: false, times: quick ? 1 : 2, toolTimes: 0 });
  }
  for (const services of sizes) {
    yield await reading(services, 100, { times, toolTimes: services === 100 ? toolTimes : 0 });
  }
  if (emulated || restarts) return;
  yield await reading(1000, 10, { times, toolTimes });
  yield await reading(10_000, 1, { times: 2, toolTimes: 1 });
  yield await reading(10, 1000, { times, toolTimes });
}

/** What `ipvsadm -R` reads. @param {number} services @param {number} dests */
function restoreScript(services, dests) {
  let text = '';
  for (let s = 0; s < services; s++) {
    const service = serviceName(s).slice(6);
    text += `-A -t ${service} -s wlc\n`;
    for (let d = 0; d < dests; d++) text += `-a -t ${service} -r ${destName(d)}:80 -g -w 1\n`;
  }
  return text;
}

/** @param {string} netns @param {string[]} words @param {string} [input] */
function ipvsadm(netns, words, input) {
  return tool('nsenter', [`--net=/run/netns/${netns}`, 'ipvsadm', ...words], input);
}

/**
 * Whether the library and floor.c leave the same behind: what they are compared by is the same work.
 * @param {{ run: (argument: unknown) => Promise<unknown> }} library
 * @param {number} services
 * @param {number} dests
 */
async function checkSame(library, services, dests) {
  const [ours, plain] = [freshNetns(), freshNetns()];
  await library.run({ netns: ours, services, dests });
  floor(['add', services, dests, 1000], plain);
  const list = (/** @type {string} */ netns) => {
    const args = [`--net=/run/netns/${netns}`, 'ipvsadm', '-Sn'];
    return execFileSync('nsenter', args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  };
  const made = list(ours);
  const lines = made.split('\n').length - 1;
  if (made !== list(plain) || lines !== services * (dests + 1)) {
    throw new Error(`the library and C did not make the same ${services} × ${dests}`);
  }
}

/**
 * @param {number} services
 * @param {number} dests
 * @param {{ batched: boolean, times: number, toolTimes: number }} how
 * @returns {Promise<Row>}
 */
async function adding(services, dests, { batched, times, toolTimes }) {
  const script = restoreScript(services, dests);
  const library = libraryAt('objects.mjs', batched ? 'addTogether' : 'addOneByOne');
  const what = () => ({ netns: freshNetns(), services, dests });
  await checkSame(library, services, dests);
  const warmUps = batched ? 15 : 2;
  const costs = await compare({
    library: { times, warmUps, run: () => library.run(what()) },
    roomy: batched ? { times, warmUps, run: () => library.runRoomy(what()) } : undefined,
    floor: { times, run: () => floor(['add', services, dests, batched ? 1000 : 1], freshNetns()) },
    tool:
      toolTimes > 0
        ? { times: toolTimes, run: () => ipvsadm(freshNetns(), ['-R'], script) }
        : undefined,
  });
  library.end();
  const profile = batched && services === 100 ? await profileAdding(services, dests) : undefined;
  removeNetnses();
  return {
    group: batched ? 'add, Promise.all' : 'add, one by one',
    title: `add ${services} × ${dests}, ${batched ? 'Promise.all' : 'awaited one by one'}`,
    operations: services * (dests + 1),
    size: services * (dests + 1),
    floorName: batched ? 'C, 1000 a send' : 'C, one a send',
    toolName: 'ipvsadm -R',
    most: batched ? { floor: 1.5, tool: 40 } : { floor: 1.5, wakeUps: 1 },
    ...costs,
    note: batched ? await barePromises(services, dests, costs['floor']?.wall) : undefined,
    profile,
  };
}

/** @param {number} services @param {number} dests @param {number} [floorSeconds] */
async function barePromises(services, dests, floorSeconds = Number.NaN) {
  const worker = libraryAt('objects.mjs', 'promiseTogether');
  const { bare } = await compare({
    bare: { times: 5, warmUps: 5, run: () => worker.run({ services, dests }) },
  });
  worker.end();
  const share = ((bare?.wall ?? Number.NaN) / floorSeconds).toFixed(2);
  return `as many bare promises, with nothing behind them, take ${share} × as long as C`;
}

/** @param {number} services @param {number} dests */
async function profileAdding(services, dests) {
  const worker = libraryAt('objects.mjs', 'profileAdding');
  const netnses = Array.from({ length: 7 }, freshNetns);
  const { profile } = await worker.run({ netnses, services, dests });
  worker.end();
  return profile;
}

/**
 * @param {number} services
 * @param {number} dests
 * @param {{ times: number, toolTimes: number }} how
 * @returns {Promise<Row>}
 */
async function reading(services, dests, { times, toolTimes }) {
  const netns = freshNetns();
  floor(['add', services, dests, 1000], netns);
  const library = libraryAt('objects.mjs', 'readAll');
  const what = { netns, services, dests };
  // By then V8 has found out how large a heap these rows take, and touches no new page.
  const warmUps = services > 1000 ? 5 : 20;
  const costs = await compare({
    library: { times, warmUps, run: () => library.run(what) },
    roomy: { times, warmUps, run: () => library.runRoomy(what) },
    floor: { times, run: () => floor(['dump', services], netns) },
    tool: toolTimes > 0 ? { times: toolTimes, run: () => ipvsadm(netns, ['-Sn']) } : undefined,
  });
  library.end();
  const profile = services > 1000 ? await profileReading(what) : undefined;
  removeNetnses();
  return {
    group: dests === 100 ? 'snapshot' : `snapshot ${services} × ${dests}`,
    title: `snapshot() of ${services} × ${dests}`,
    operations: services * (dests + 1),
    size: services * (dests + 1),
    floorName: 'C, not decoded',
    toolName: 'ipvsadm -Sn',
    most: { floor: 2, tool: 5 },
    ...costs,
    profile,
  };
}

/** @param {unknown} what */
async function profileReading(what) {
  const worker = libraryAt('objects.mjs', 'profileReading');
  const { profile } = await worker.run(what);
  worker.end();
  return profile;
}
