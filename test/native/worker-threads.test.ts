import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const count = 200;

/** Worker threads that read without a pause, ended at random moments, some before they have begun. */
const program = `
  import { readdirSync } from 'node:fs';
  import { setTimeout as delay } from 'node:timers/promises';
  import { Worker } from 'node:worker_threads';
  const left = () => ['fd', 'task'].map((folder) => readdirSync('/proc/self/' + folder).length).join();
  const code = \`
    import('lvs/route').then(async ({ Rtnl }) => {
      const { parentPort } = await import('node:worker_threads');
      const route = await Rtnl.open();
      const load = () => {
        for (let i = 1; i < 20; i++) route.getLink('lo').catch(() => 0);
        route.listLinks().then(load, load);
      };
      load();
      parentPort.postMessage('ready');
    });\`;
  let ready = 0;
  const run = (index) => new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true });
    const end = () => worker.terminate().then(resolve, reject);
    worker.on('error', reject);
    if (index % 4 === 0) setTimeout(end, index / 4);
    else worker.on('message', () => { ready++; setTimeout(end, index % 16); });
  });
  await Promise.all([1, 2, 3, 5].map(run));
  await delay(300);
  const before = left();
  let next = 0;
  const lane = async () => { while (next < ${count}) await run(next++); };
  await Promise.all([lane(), lane(), lane(), lane()]);
  // The last threads end just after their last word.
  for (let i = 0; i < 200 && left() !== before; i++) await delay(20);
  console.log(ready - 4, left() === before ? 'same' : before + ' then ' + left());`;

it(`${count} worker threads ended under load leave neither thread nor descriptor`, () => {
  const node = ['--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe(`${(count * 3) / 4} same\n`);
}, 300_000);
