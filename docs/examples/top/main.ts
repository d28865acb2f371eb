// node main.js: what the services do, once a second; q ends it. Into a pipe it prints one table.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Ipvs } from 'lvs';
import { Screen } from './screen.js';
import type { Look } from './table.js';
import { table } from './table.js';

const { values } = parseArgs({
  options: {
    interval: { type: 'string', default: '1000' },
    netns: { type: 'string' },
  },
});

await using ipvs = await Ipvs.open({ netns: values.netns });

async function look(): Promise<Look> {
  return { snapshot: await ipvs.snapshot(), time: performance.now() };
}

let before = await look();
if (process.stdout.isTTY) {
  using screen = new Screen(process.stdin, process.stdout);
  while (!screen.closed.aborted) {
    const now = await look();
    screen.show([`lvs ${new Date().toLocaleTimeString()}, q to quit`, ...table(before, now)]);
    before = now;
    const { closed: signal } = screen;
    await sleep(Number(values.interval), undefined, { signal }).catch(() => undefined);
  }
} else {
  await sleep(Number(values.interval));
  console.log(table(before, await look()).join('\n'));
}
