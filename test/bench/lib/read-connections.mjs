// @ts-check
// Lists the connections that its first argument filters, in a process of its own, so that neither memory nor event
// loop know of anything else, and prints what it cost. With `--watch` also how much the process grew, and its longest
// stall: watching takes time itself.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { withIpvs } from './handle.mjs';
import { cost } from './measure.mjs';

const filter = JSON.parse(process.argv[2] ?? '{}');
const watching = process.argv[3] === '--watch';
/** Milliseconds. */
const sampleEvery = 20;
const resolution = 1;

/** Starts watching; the result tells what was seen. */
function watch() {
  const before = process.memoryUsage.rss();
  let largest = before;
  const sampling = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss());
  }, sampleEvery);
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return () => {
    delay.disable();
    clearInterval(sampling);
    return { growth: largest - before, stall: delay.max / 1e9 - resolution / 1e3 };
  };
}

await withIpvs('', async (ipvs) => {
  let rows = 0;
  const seen = watching ? watch() : () => undefined;
  const { wall, cpu } = await cost(async () => {
    for await (const connection of ipvs.listConnections(filter)) {
      if (connection.expires >= 0) rows++;
    }
  });
  console.log(JSON.stringify({ wall, cpu, rows, ...seen() }));
});
