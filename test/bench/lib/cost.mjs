// @ts-check

/**
 * What one run of something cost.
 * @typedef {object} Cost
 * @property {number} wall seconds
 * @property {number} cpu seconds, of all threads, in and out of the kernel
 * @property {number} [faults] pages of memory touched for the first time
 * @property {number} [switches] times that a thread of the process waited
 * @property {number} [allocated] bytes by which the heap grew; what was allocated, where nothing was collected
 * @property {number} [growth] bytes that the process grew by
 * @property {import('./profile.mjs').Share[]} [profile] where the time went
 * @property {number} [stall] seconds of the event loop's longest stall
 */

/**
 * @param {() => unknown} work
 * @returns {Promise<Cost>}
 */
export async function cost(work) {
  const heap = process.memoryUsage().heapUsed;
  const before = process.resourceUsage();
  const start = performance.now();
  await work();
  const wall = (performance.now() - start) / 1e3;
  const after = process.resourceUsage();
  const micros =
    after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
  return {
    wall,
    cpu: micros / 1e6,
    faults: after.minorPageFault - before.minorPageFault,
    switches: after.voluntaryContextSwitches - before.voluntaryContextSwitches,
    allocated: process.memoryUsage().heapUsed - heap,
  };
}

/**
 * Of several rounds what one of them cost. Work of a few milliseconds is measured in rounds, since a busy machine
 * lets a short run through and makes a long one wait: contestants have to take about the same time.
 * @template {Cost} T
 * @param {T} cost
 * @param {number} rounds
 * @returns {T}
 */
export function perRound(cost, rounds) {
  const { wall, cpu, faults = 0, switches = 0, allocated } = cost;
  return {
    ...cost,
    wall: wall / rounds,
    cpu: cpu / rounds,
    faults: faults / rounds,
    switches: switches / rounds,
    ...(allocated !== undefined && { allocated: allocated / rounds }),
  };
}
