// Where Node itself is set up otherwise: worker threads, several copies, restrictions of its own.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { useDirector } from '../kernel/ipvs/support.js';
import { outputOf, root, runProgram } from './support/program.js';

const test = useDirector();

/** Calls of every module, and errors of every kind. */
const tour = (netns: string): string => `
  import { Ipvs, IpvsReader, KernelError, listSchedulers, LvsError, parseRule } from 'lvs';
  import { capture } from 'lvs/capture';
  import { Nat } from 'lvs/nat';
  import { listNetns, openProbeSocket } from 'lvs/netns';
  import { Rtnl } from 'lvs/route';
  import { Sysctl } from 'lvs/sysctl';
  const netns = '${netns}';
  const said = [];
  const codeOf = (call) => call.then(() => 'none', (error) => {
    if (!(error instanceof LvsError) && !error.code.startsWith('ERR_')) throw error;
    return error.name + ' ' + error.code;
  });
  const ipvs = await Ipvs.open({ netns });
  await ipvs.restore('-A -t 10.0.0.1:80 -s rr\\n-a -t 10.0.0.1:80 -r 10.0.0.2 -g');
  said.push((await ipvs.save()).split('\\n').length, parseRule('-A -f 7').method);
  said.push(await codeOf(ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 80 })));
  said.push(await codeOf(ipvs.addDest('tcp://10.0.0.1:81', '10.0.0.2')));
  said.push(await codeOf((async () => ipvs.addService({ fwmark: -1 }))()));
  said.push(await codeOf(ipvs.addService({ fwmark: 8, scheduler: 'wllc' })));
  for await (const _ of ipvs.listConnections()) said.push('connection');
  said.push((await ipvs.snapshot()).services.length, (await listSchedulers()).length > 0);
  const reader = await IpvsReader.open({ netns });
  said.push((await reader.listServices()).length);
  const route = await Rtnl.open({ netns });
  said.push(await codeOf(route.addAddress({ device: 'none0', address: '10.0.0.1/24' })));
  await route.addLink({ kind: 'dummy', name: 'tour0' });
  await route.removeLink('tour0');
  const sysctl = await Sysctl.open({ netns });
  said.push(typeof (await sysctl.get('ip_forward')), await codeOf(Nat.open({ netns: 'nowhere' })));
  said.push(await codeOf(Nat.open({ netns, backend: 'nftables' })));
  const frames = capture({ device: 'lo', netns, filter: { port: 80 } });
  await frames.ready();
  await frames.close();
  const control = new AbortController();
  const aborted = ipvs.listServices({ signal: control.signal });
  control.abort();
  said.push(await aborted.catch((error) => error.name));
  (await openProbeSocket({ netns })).destroy();
  said.push((await listNetns()).includes(netns));
  await ipvs.flush();
  await Promise.all([ipvs, reader, route, sysctl].map((handle) => handle.close()));
  said.push(await codeOf(ipvs.listServices()));
  console.log(said.join(', '));`;

const toured = [
  ...['3', 'addService', 'KernelError EEXIST', 'KernelError ESRCH', 'RangeError ERR_OUT_OF_RANGE'],
  ...[
    'KernelError ENOENT',
    '1',
    'true',
    '1',
    'KernelError ENODEV',
    'boolean',
    'KernelError ENOENT',
  ],
  ...['KernelError ENOTSUP', 'AbortError', 'true', 'HandleError ERR_LVS_CLOSED'],
].join(', ');

/** No warnings that Node prints of its own options. */
const quiet = ['ExperimentalWarning', 'SecurityWarning'].map((name) => `--disable-warning=${name}`);

describe('everything works', () => {
  it.each([
    ['as it is', []],
    ['with frozen intrinsics', ['--frozen-intrinsics', ...quiet]],
    ['where strings are no code', ['--disallow-code-generation-from-strings']],
    ['without prototypes to pollute', ['--disable-proto=throw']],
    [
      'under the permission model',
      ['--experimental-permission', '--allow-addons', '--allow-fs-read=*', ...quiet],
    ],
  ])('%s', async (_, node) => {
    expect(await outputOf(tour(test.director.name), { node })).toBe(toured);
  });

  it('under the permission model, with nothing to read but the package', async () => {
    const node = [
      ...['--experimental-permission', '--allow-addons', ...quiet],
      `--allow-fs-read=${root}/*`,
    ];
    const source = `
      import { Ipvs } from 'lvs';
      import { Rtnl } from 'lvs/route';
      const ipvs = await Ipvs.open({ netns: '${test.director.name}' });
      await ipvs.addService({ fwmark: 1 });
      const error = await ipvs.addService({ fwmark: 1 }).catch((error) => error);
      const scheduler = await ipvs.addService({ fwmark: 2, scheduler: 'nope' }).catch((error) => error);
      const route = await Rtnl.open({ netns: '${test.director.name}' });
      console.log(error.code, scheduler.code, (await route.listLinks()).length > 0);`;
    expect(await outputOf(source, { node })).toBe('EEXIST ENOENT true');
  });

  it('but for what the permission model does not allow, which is said', async () => {
    const node = ['--experimental-permission', '--allow-fs-read=*', ...quiet];
    const { status, errors } = await runProgram(`import { Ipvs } from 'lvs'; await Ipvs.open();`, {
      node,
    });
    expect(status).toBe(1);
    expect(errors).toContain('ERR_LVS_ADDON');
    expect(errors).toContain('--allow-addons');
  });
});

describe('several copies of the package in one program', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lvs-copies-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('work at once, and know each other’s errors', async () => {
    const copies = ['first', 'second'].map((name) => {
      const copy = path.join(folder, name);
      mkdirSync(path.join(copy, 'build/Release'), { recursive: true });
      for (const part of ['dist', 'package.json', 'build/Release/lvs.node']) {
        cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
      }
      return `${copy}/dist/index.js`;
    });
    const source = `
      const copies = await Promise.all(${JSON.stringify(copies)}.map((file) => import(file)));
      const [first, second] = copies;
      const open = (copy) => copy.Ipvs.open({ netns: '${test.director.name}' });
      const [one, two] = await Promise.all(copies.map(open));
      const calls = [one, two].flatMap((ipvs, index) =>
        Array.from({ length: 200 }, (_, mark) => ipvs.addService({ fwmark: 1 + 2 * mark + index })));
      await Promise.all(calls);
      const error = await two.addService({ fwmark: 1 }).catch((error) => error);
      const closed = await one.close().then(() => one.listServices()).catch((error) => error);
      console.log(first.Ipvs === second.Ipvs, (await two.listServices()).length,
        error instanceof first.KernelError, error instanceof first.LvsError,
        error instanceof first.HandleError, closed instanceof second.HandleError);`;
    expect(await outputOf(source)).toBe('false 400 true true false true');
  });
});

describe('worker threads', () => {
  // Two hundred of them run in test/native, where threads start faster.
  const count = 24;

  it(`${count} of them, ended under load at random moments, leave the process whole`, async () => {
    const source = `
      import { readdirSync } from 'node:fs';
      import { setTimeout as delay } from 'node:timers/promises';
      import { Worker } from 'node:worker_threads';
      const left = () => ['fd', 'task'].map((folder) => readdirSync('/proc/self/' + folder).length).join();
      const code = \`
        import('lvs').then(async ({ Ipvs }) => {
          const { parentPort } = await import('node:worker_threads');
          const ipvs = await Ipvs.open({ netns: '${test.director.name}' });
          const load = () => {
            for (let i = 1; i < 50; i++) ipvs.ensureService({ fwmark: i }).catch(() => 0);
            ipvs.listServices().then(load, load);
          };
          load();
          parentPort.postMessage('ready');
        });\`;
      let ready = 0;
      const run = (index) => new Promise((resolve, reject) => {
        const worker = new Worker(code, { eval: true });
        const end = () => worker.terminate().then(resolve, reject);
        worker.on('error', reject);
        // One of four is ended wherever its start has got to.
        if (index % 4 === 0) setTimeout(end, index);
        else worker.on('message', () => { ready++; setTimeout(end, index % 16); });
      });
      await Promise.all([1, 2, 3, 5].map(run));
      const settled = async (wanted) => {
        for (let i = 0; i < 100 && left() !== wanted; i++) await delay(20);
        return left();
      };
      await delay(300);
      const before = left();
      let next = 0;
      const lane = async () => { while (next < ${count}) await run(next++); };
      await Promise.all([lane(), lane(), lane(), lane()]);
      console.log(ready - 4, await settled(before) === before ? 'same' : before + ' then ' + left());`;
    expect(await outputOf(source)).toBe(`${(count * 3) / 4} same`);
  });

  it('that end by themselves, by process.exit or by an error do so in flight', async () => {
    const source = `
      import { Worker } from 'node:worker_threads';
      const codes = await Promise.all(['process.exit(3)', 'throw new Error("x")', ''].map((last) =>
        new Promise((resolve) => {
          const worker = new Worker(\`import('lvs').then(async ({ Ipvs }) => {
            const ipvs = await Ipvs.open({ netns: '${test.director.name}' });
            for (let i = 1; i < 500; i++) ipvs.addService({ fwmark: i }).catch(() => 0);
            setImmediate(() => { \${last} });
          })\`, { eval: true });
          worker.on('error', () => 0);
          worker.on('exit', resolve);
        })));
      console.log(codes.join());`;
    expect(await outputOf(source)).toBe('3,1,0');
  });
});

describe('a process', () => {
  const load = (last: string): string => `
    import { Ipvs } from 'lvs';
    import { Rtnl } from 'lvs/route';
    import { capture } from 'lvs/capture';
    const netns = '${test.director.name}';
    const ipvs = await Ipvs.open({ netns });
    const route = await Rtnl.open({ netns });
    const frames = capture({ device: 'lo', netns });
    await frames.ready();
    for (let i = 1; i < 2000; i++) ipvs.ensureService({ fwmark: i }).catch(() => 0);
    for (let i = 1; i < 200; i++) route.listLinks().catch(() => 0);
    setImmediate(() => { ${last} });`;

  it('ends while everything is in flight: by exit, an error or a signal', async () => {
    const ends: readonly (readonly [string, number | null])[] = [
      ['process.exit(7)', 7],
      ['throw new Error("enough")', 1],
      ['process.kill(process.pid, "SIGTERM")', null],
    ];
    const outcomes = await Promise.all(ends.map(([last]) => runProgram(load(last))));
    expect(outcomes.map(({ status }) => status)).toEqual(ends.map(([, status]) => status));
  });

  it('ends by itself while handles of every kind are open and idle', async () => {
    const source = `
      import { Ipvs, IpvsReader } from 'lvs';
      import { Rtnl } from 'lvs/route';
      import { Sysctl } from 'lvs/sysctl';
      const netns = '${test.director.name}';
      for (const kind of [Ipvs, IpvsReader, Rtnl, Sysctl]) await kind.open({ netns });
      console.log('idle');`;
    expect(await outputOf(source)).toBe('idle');
  });
});
