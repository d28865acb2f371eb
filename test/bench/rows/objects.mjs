// @ts-check
// Services and destinations: adding them and reading them all.
import { freshNetns, removeNetnses, withIpvs } from '../lib/handle.mjs';
import { compare, cost, floor, tool } from '../lib/measure.mjs';

/** @typedef {import('../lib/report.mjs').Row} Row */

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
 * @param {number} services
 * @param {number} dests
 * @param {{ batched: boolean, times: number, toolTimes: number }} how
 * @returns {Promise<Row>}
 */
export async function adding(services, dests, { batched, times, toolTimes }) {
  const script = restoreScript(services, dests);
  /** @param {import('../../../dist/index.js').Ipvs} ipvs */
  const together = (ipvs) =>
    Promise.all([...additions(ipvs, services, dests)].map((addition) => addition()));
  /** @param {import('../../../dist/index.js').Ipvs} ipvs */
  const oneByOne = async (ipvs) => {
    for (const addition of additions(ipvs, services, dests)) await addition();
  };
  const add = batched ? together : oneByOne;
  const costs = await compare({
    library: { times, run: () => withIpvs(freshNetns(), (ipvs) => cost(() => add(ipvs))) },
    floor: { times, run: () => floor(['add', services, dests, batched ? 1000 : 1], freshNetns()) },
    ...(toolTimes > 0 && {
      tool: { times: toolTimes, run: () => ipvsadm(freshNetns(), ['-R'], script) },
    }),
  });
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
export async function reading(services, dests, { times, toolTimes }) {
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
