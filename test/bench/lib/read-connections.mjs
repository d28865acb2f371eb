// @ts-check
// Lists the connections that its argument filters, in a process of its own, so that neither memory nor event
// loop know of anything else. Prints what it cost, how much the process grew, and the longest stall.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { withIpvs } from './handle.mjs';
import { cost } from './measure.mjs';

const filter = JSON.parse(process.argv[2] ?? '{}');
/** Milliseconds. */
const sampleEvery = 20;
const resolution = 1;

await withIpvs('', async (ipvs) => {
  const before = process.memoryUsage.rss();
  let largest = before;
  const sampling = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss());
  }, sampleEvery);
  const delay = monitorEventLoopDelay({ resolution });
  let rows = 0;
  const { wall, cpu } = await cost(async () => {
    delay.enable();
    for await (const connection of ipvs.listConnections(filter)) {
      if (connection.expires >= 0) rows++;
    }
    delay.disable();
  });
  clearInterval(sampling);
  const stall = delay.max / 1e9 - resolution / 1e3;
  console.log(JSON.stringify({ wall, cpu, rows, growth: largest - before, stall }));
});
