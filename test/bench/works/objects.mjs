// @ts-check
// What the library does with services and destinations, in a process that does nothing else.

import { cost } from '../lib/cost.mjs';
import { withIpvs } from '../lib/handle.mjs';
import { destName, serviceName } from '../lib/names.mjs';
import { profile } from '../lib/profile.mjs';

/** @typedef {import('../../../dist/index.js').Ipvs} Ipvs */

/** @param {Ipvs} ipvs @param {number} services @param {number} dests */
function* additions(ipvs, services, dests) {
  for (let s = 0; s < services; s++) {
    const name = serviceName(s);
    yield () => ipvs.addService({ protocol: 'tcp', address: name.slice(6, -3), port: 80 });
    for (let d = 0; d < dests; d++) {
      yield () => ipvs.addDest(name, { address: destName(d), port: 80, fwd: 'dr' });
    }
  }
}

/** @param {{ netns: string, services: number, dests: number }} what */
export function addTogether({ netns, services, dests }) {
  return withIpvs(netns, (ipvs) =>
    cost(() => Promise.all([...additions(ipvs, services, dests)].map((addition) => addition()))),
  );
}

/**
 * What JavaScript alone costs: as many promises, settled by somebody else, and nothing behind them.
 * @param {{ services: number, dests: number }} what
 */
export function promiseTogether({ services, dests }) {
  /** @type {(() => void)[]} */
  const settlers = [];
  const one = () =>
    new Promise((/** @type {(value?: unknown) => void} */ resolve) => settlers.push(resolve));
  return cost(() => {
    setImmediate(() => {
      for (const settle of settlers) settle();
    });
    return Promise.all(Array.from({ length: services * (dests + 1) }, one));
  });
}

/** @param {{ netns: string, services: number, dests: number }} what */
export function addOneByOne({ netns, services, dests }) {
  return withIpvs(netns, (ipvs) =>
    cost(async () => {
      for (const addition of additions(ipvs, services, dests)) await addition();
    }),
  );
}

/** @param {{ netns: string, services: number, dests: number }} what */
export function readAll({ netns, services, dests }) {
  return withIpvs(netns, async (ipvs) => {
    const { services: seen } = await ipvs.snapshot();
    if (seen.length !== services || seen.some((service) => service.dests.length !== dests)) {
      throw new Error(`the snapshot is not ${services} × ${dests}`);
    }
    return cost(() => ipvs.snapshot());
  });
}

/** @param {{ netnses: string[], services: number, dests: number }} what the first are to warm up */
export async function profileAdding({ netnses, services, dests }) {
  const last = netnses.splice(-2);
  for (const netns of netnses) await addTogether({ netns, services, dests });
  const shares = await profile(async () => {
    for (const netns of last) await addTogether({ netns, services, dests });
  });
  return { wall: 0, cpu: 0, profile: shares };
}

/** @param {{ netns: string, services: number, dests: number }} what */
export async function profileReading(what) {
  for (let i = 0; i < 2; i++) await readAll(what);
  return { wall: 0, cpu: 0, profile: await profile(() => readAll(what)) };
}

const gets = 500;

/** @param {{ netns: string }} where */
export function getOften({ netns }) {
  return withIpvs(netns, (ipvs) =>
    cost(async () => {
      for (let i = 0; i < gets; i++) await ipvs.getService('tcp://10.1.0.0:80');
    }),
  );
}
