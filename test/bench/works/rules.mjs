// @ts-check
// REDIRECT rules through the library.
import { Nat } from '../../../dist/nat/index.js';
import { cost } from '../lib/cost.mjs';

/** @param {{ netns: string, count: number }} what */
export async function add({ netns, count }) {
  const rules = Array.from({ length: count }, (_, index) => ({
    destination: `10.4.${index >> 8}.${index & 255}`,
  }));
  const nat = await Nat.open({ netns, backend: 'nftables' });
  const result = await cost(() => Promise.all(rules.map((rule) => nat.addRedirect(rule))));
  await nat.close();
  return result;
}
