// @ts-check
// What run.mjs runs inside a kernel: guest.mjs SECONDS SEED.
import process from 'node:process';
import { createNetns, removeNetns } from 'lvs/netns';
import { Addresses } from './lib/addresses.mjs';
import { Random } from './lib/random.mjs';
import { Redirects } from './lib/redirects.mjs';
import { Services } from './lib/services.mjs';
import { sample, Tally } from './lib/tally.mjs';

const [seconds = 60, seed = 1] = process.argv.slice(2).map(Number);
const namespaces = ['soak1', 'soak2'];
/** Rounds between two comparisons. */
const roundsBetween = 10;
/** Until then code is still being compiled and buffers still grow. */
const warmUp = 0.25;
/** MiB that memory may differ by at the end. */
const slack = { heap: 6, resident: 24 };

const tally = new Tally();
const random = new Random(seed);
/** @type {(Services | Addresses | Redirects)[]} */
const actors = [];
for (const name of namespaces) {
  await createNetns(name);
  const [addresses, services, redirects] = [Addresses, Services, Redirects].map(
    (kind) => new kind(name, random, tally),
  );
  for (const actor of [addresses, services, redirects]) {
    if (actor === undefined) continue;
    await actor.open();
    actors.push(actor);
  }
}

/** Namespaces that come and go. */
async function churn() {
  const name = `churn${random.below(1_000_000)}`;
  await createNetns(name);
  await removeNetns(name);
  tally.operations += 2;
}

/** Everything once, and whether it is as it has to be. */
async function lap() {
  await Promise.all(
    actors.map(async (actor) => {
      for (let round = 0; round < roundsBetween; round++) await actor.round();
    }),
  );
  await churn();
  for (const actor of actors) await actor.check();
}

const start = performance.now();
const elapsed = () => (performance.now() - start) / 1000;
let laps = 0;
/** @type {import('./lib/tally.mjs').Sample | undefined} */
let warm;
while ((elapsed() < seconds || laps < 4) && tally.failures.length < 10) {
  await lap();
  laps++;
  if (warm === undefined && (elapsed() > seconds * warmUp || laps === 3)) warm = sample();
  if (laps % 50 === 0) console.log(`${elapsed().toFixed(0)} s: ${tally.operations} operations`);
}
const end = sample();
for (const kind of /** @type {const} */ (['descriptors', 'threads'])) {
  if (end[kind] !== warm?.[kind]) tally.fail(`${kind}: ${warm?.[kind]}, then ${end[kind]}`);
}
for (const kind of /** @type {const} */ (['heap', 'resident'])) {
  const grown = end[kind] - (warm?.[kind] ?? 0);
  if (grown > slack[kind]) tally.fail(`${kind}: grown by ${grown.toFixed(1)} MiB`);
}
await Promise.all(actors.map((actor) => actor.close()));
for (const name of namespaces) await removeNetns(name);

const compared = [...tally.comparisons.values()].reduce((sum, count) => sum + count, 0);
const tools = [...tally.comparisons].map(([tool, count]) => `${count} with ${tool}`).join(', ');
console.log(
  `seed ${seed}, ${elapsed().toFixed(0)} s: ${tally.operations} operations; compared ${tools}`,
);
for (const kind of /** @type {const} */ (['descriptors', 'threads', 'heap', 'resident'])) {
  const [before = 0, after] = [warm?.[kind], end[kind]].map((value) => Math.round(value ?? 0));
  console.log(`${kind}: ${before}, at the end ${after}`);
}
console.log(`${compared} passed, ${tally.failures.length} failed`);
process.exitCode = tally.failures.length === 0 ? 0 : 1;
