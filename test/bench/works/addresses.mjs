// @ts-check
// Addresses through the library.
import { Rtnl } from '../../../dist/route/index.js';
import { cost } from '../lib/cost.mjs';
import { addressName } from '../lib/names.mjs';

/** @param {{ netns: string, count: number }} what */
export async function add({ netns, count }) {
  const addresses = Array.from({ length: count }, (_, index) => addressName(index));
  const route = await Rtnl.open({ netns });
  const result = await cost(() =>
    Promise.all(addresses.map((address) => route.addAddress({ device: 'lo', address }))),
  );
  await route.close();
  return result;
}
