// @ts-check
import { announce } from '../prepare.mjs';

/** @param {readonly import('./lanes.mjs').Outcome[]} outcomes */
export function printTable(outcomes) {
  const rows = outcomes.map(({ name, where, passed, failed, problem, seconds }) => [
    name,
    where,
    passed + failed === 0 ? '' : `${passed} passed, ${failed} failed`,
    `${seconds.toFixed(1)} s`,
    problem === '' && failed === 0 ? 'ok' : `FAILED ${problem}`.trimEnd(),
  ]);
  announce('results');
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    console.log(cells.join('  ').trimEnd());
  }
  for (const { name, failures } of outcomes) {
    for (const failure of failures) console.log(`${name}: failed: ${failure}`);
  }
}

/**
 * The totals, in one line. A run that went wrong without a failed test counts as one, so that "0 failed" means
 * all is well.
 * @param {readonly import('./lanes.mjs').Outcome[]} outcomes
 * @returns {number} how many failed
 */
export function printTotals(outcomes) {
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce(
    (sum, outcome) => sum + (outcome.failed === 0 && outcome.problem !== '' ? 1 : outcome.failed),
    0,
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed;
}
