// @ts-check
// Where a process's JavaScript thread spends its time.
import { Session } from 'node:inspector/promises';

/** Functions that are told by name; the others are summed up. */
const most = 8;

/**
 * Seconds are shares of the whole, by function: what V8's sampling profiler found.
 * @typedef {{ name: string, share: number }} Share
 * @param {() => Promise<unknown>} work
 * @returns {Promise<Share[]>}
 */
export async function profile(work) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  await work();
  const { profile: seen } = await session.post('Profiler.stop');
  session.disconnect();
  /** @type {Map<string, number>} */
  const times = new Map();
  const names = new Map(seen.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  let whole = 0;
  for (const [index, id] of (seen.samples ?? []).entries()) {
    const time = seen.timeDeltas?.[index] ?? 0;
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + time);
    whole += time;
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(most).reduce((sum, [, time]) => sum + time, 0);
  return [...sorted.slice(0, most), /** @type {const} */ (['everything else', rest])].map(
    ([name, time]) => ({ name, share: time / whole }),
  );
}

/** @param {{ functionName: string, url: string }} frame */
function nameOf({ functionName, url }) {
  if (functionName === '(idle)') return 'waiting for the thread';
  if (functionName === '(garbage collector)') return 'garbage collector';
  if (functionName === '(program)') return 'Node and the addon';
  const where = url.includes('/dist/') ? 'lvs' : url.startsWith('node:') ? 'node' : 'the program';
  return `${functionName || 'anonymous'} (${where})`;
}
