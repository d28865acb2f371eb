// @ts-check
// run-rows.mjs FILE CONDITIONS RESULT-FILE: measures what one file of rows/ has, in a process of its own.
import { writeFileSync } from 'node:fs';

const [, , file = '', conditions = '', resultFile = ''] = process.argv;
const { rows } = await import(file);

/** @type {import('./row.mjs').Row[]} */
const taken = [];
let start = performance.now();
for await (const row of rows(JSON.parse(conditions))) {
  console.log(`  ${row.title}: done in ${((performance.now() - start) / 1e3).toFixed(1)} s`);
  taken.push(row);
  start = performance.now();
}
writeFileSync(resultFile, JSON.stringify(taken));
