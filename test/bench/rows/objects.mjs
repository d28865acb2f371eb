// @ts-check
// Services and destinations: adding them and reading them all.
import { execFileSync } from 'node:child_process';
import { freshNetns, removeNetnses, withIpvs } from '../lib/handle.mjs';
import { compare, cost, floor, tool } from '../lib/measure.mjs';

/** @typedef {import('../lib/row.mjs').Row} Row */

/** @param {import('../lib/row.mjs').Conditions} conditions */
export async function* rows({ hasIpvs, quick, emulated, times }) {
  if (!hasIpvs) return;
  const toolTimes = quick || emulated ? 1 : 3;
  const sizes = emulated ? [100] : [10, 30, 100];
  for (const services of sizes) {
    const largest = services === 100;
    yield await adding(services, 100, { batched: true, times, toolTimes: largest ? toolTimes : 0 });
  }
  for (const services of sizes) {
    yield await adding(services, 100, { batched: false, times: quick ? 1 : 3, toolTimes: 0 });
  }
  for (const services of sizes) {
    yield await reading(services, 100, { times, toolTimes: services === 100 ? toolTimes : 0 });
  }
  if (emulated) return;
  yield await reading(1000, 10, { times, toolTimes });
  yield await reading(10_000, 1, { times: quick ? 1 : 3, toolTimes: 1 });
  yield await reading(10, 1000, { times, toolTimes });
}

/** The same addresses as in floor.c. @param {number} service */
const serviceName = (service) => `tcp://10.1.${service >> 8}.${service & 255}:80`;
/** @param {number} dest */
const destName = (dest) => `10.2.${dest >> 8}.${dest & 255}`;

/** @param {import('../../../dist/index.js').Ipvs} ipvs @param {number} services @param {number} dests */
function* additions(ipvs, services, dests) {
  for (let s = 0; s < services; s++) {
    const name = serviceName(s);
    yield () => ipvs.addService({ protocol: 'tcp', address: name.slice(6, -3), port: 80 });
    for (let d = 0; d < dests; d++) {
      yield () => ipvs.addDest(name, { address: destName(d), port: 80, fwd: 'dr' });
    }
  }
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
 * @param {number} services
 * @param {number} dests
 * @param {(ipvs: import('../../../dist/index.js').Ipvs) => Promise<unknown>} add
 */
async function checkSame(services, dests, add) {
  const [ours, plain] = [freshNetns(), freshNetns()];
  await withIpvs(ours, add);
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
  /** @param {import('../../../dist/index.js').Ipvs} ipvs */
  const together = (ipvs) =>
    Promise.all([...additions(ipvs, services, dests)].map((addition) => addition()));
  /** @param {import('../../../dist/index.js').Ipvs} ipvs */
  const oneByOne = async (ipvs) => {
    for (const addition of additions(ipvs, services, dests)) await addition();
  };
  const add = batched ? together : oneByOne;
  await checkSame(services, dests, add);
  const costs = await compare(
    {
      library: { times, run: () => withIpvs(freshNetns(), (ipvs) => cost(() => add(ipvs))) },
      floor: {
        times,
        run: () => floor(['add', services, dests, batched ? 1000 : 1], freshNetns()),
      },
      ...(toolTimes > 0 && {
        tool: { times: toolTimes, run: () => ipvsadm(freshNetns(), ['-R'], script) },
      }),
    },
    batched ? 4 : 1,
  );
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
  };
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
  const costs = await withIpvs(netns, async (ipvs) => {
    const { services: seen } = await ipvs.snapshot();
    if (seen.length !== services || seen.some((service) => service.dests.length !== dests)) {
      throw new Error(`the snapshot is not ${services} × ${dests}`);
    }
    return compare({
      library: { times, run: () => cost(() => ipvs.snapshot()) },
      floor: { times, run: () => floor(['dump', services], netns) },
      ...(toolTimes > 0 && { tool: { times: toolTimes, run: () => ipvsadm(netns, ['-Sn']) } }),
    });
  });
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
  };
}
