import { tracingChannel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { capture } from '../../../src/capture/index.js';
import type { RequestTrace } from '../../../src/index.js';
import { IpvsReader } from '../../../src/index.js';
import { Rtnl } from '../../../src/route/index.js';
import { Sysctl } from '../../../src/sysctl/index.js';
import { Xtables } from '../../../src/xtables/index.js';
import { failureOf, linesOf, runProgram, useDirector } from './support.js';

const test = useDirector();
const service = { protocol: 'tcp', address: '10.0.0.1', port: 80 } as const;

it('traces every request of a call, by handle and object', async () => {
  const traces: RequestTrace[] = [];
  const subscribers = {
    start: (): void => undefined,
    end: (): void => undefined,
    asyncStart: (): void => undefined,
    asyncEnd: (trace: RequestTrace): void => {
      traces.push(trace);
    },
    error: (): void => undefined,
  };
  const requests = tracingChannel<unknown, RequestTrace>('lvs:request');
  requests.subscribe(subscribers);
  try {
    await test.ipvs.addService(service);
    await test.ipvs.updateService(service, { scheduler: 'rr' });
    const failure = await failureOf(test.ipvs.addService(service));
    expect(failure.message).toContain('the service exists already');
  } finally {
    requests.unsubscribe(subscribers);
  }
  expect(
    traces.map(({ operation, result, error }) => [
      operation,
      result?.rows.length,
      (error as { code?: string } | undefined)?.code,
    ]),
  ).toEqual([
    ['addService', 0, undefined],
    ['getService', 1, undefined],
    ['setService', 0, undefined],
    ['addService', undefined, 'EEXIST'],
  ]);
  expect(traces[1]?.result?.rows).toEqual([expect.objectContaining({ scheduler: 'wlc' })]);
  for (const { handle, object } of traces) {
    expect(object).toBe('tcp://10.0.0.1:80');
    expect(inspect(test.ipvs)).toContain(`Ipvs { id: ${handle.id}, netns: '${handle.netns}',`);
  }
});

it('prints requests and records where NODE_DEBUG asks for it', () => {
  const { status, output, errors } = runProgram(
    `const ipvs = await Ipvs.open({ netns: '${test.director.name}' });
     await ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 80, scheduler: 'rr', persistence: { timeout: 60 } });
     await ipvs.addDest('tcp://10.0.0.1:80', '10.0.0.20');
     await ipvs.getDest('tcp://10.0.0.1:80', '10.0.0.20');
     await ipvs.removeService('tcp://10.0.0.1:443').catch(() => 0);
     await ipvs.close();`,
    { before: ['env', 'NODE_DEBUG=lvs'] },
  );
  expect({ status, output }).toEqual({ status: 0, output: '' });
  const lines = linesOf(errors);
  const prefix = new RegExp(`^LVS \\d+: ipvs 1 in ${test.director.name} `);
  expect(lines.filter((line) => !prefix.test(line))).toEqual([]);
  const said = lines.map((line) => line.replace(prefix, ''));
  expect(said).toEqual(
    expect.arrayContaining([
      '#1 open',
      '#1 done',
      '#3 addService tcp://10.0.0.1:80',
      expect.stringMatching(
        /^#3 > service \{ family: 'ipv4', protocol: 'tcp', address: '10\.0\.0\.1', port: 80, scheduler: 'rr', flags: \[ 'persistent' \], timeout: 60, /,
      ),
      '#3 done',
      expect.stringMatching(/^#4 > dest \{ .*address: '10\.0\.0\.20', port: 80, .*\}$/),
      expect.stringMatching(/^#\d+ < dest \{ .*address: '10\.0\.0\.20'.*, activeConnections: 0, /),
      expect.stringMatching(/^#\d+ failed: removeService tcp:\/\/10\.0\.0\.1:443: ESRCH$/),
    ]),
  );
});

it('tells handles of all kinds apart', async () => {
  const netns = test.director.name;
  const handles = [
    await IpvsReader.open({ netns }),
    await Rtnl.open({ netns }),
    await Xtables.open({ netns }),
    await Sysctl.open({ netns }),
    await capture({ netns, device: 'lo' }).ready(),
  ];
  const names = handles.map((handle) => {
    const { name = '', id = '' } =
      /^(?<name>\w+) \{ id: (?<id>\d+), /.exec(inspect(handle))?.groups ?? {};
    expect(inspect(handle)).toContain(`netns: '${netns}'`);
    expect(inspect(handle)).toContain('open: true');
    return { name, id };
  });
  expect(names.map(({ name }) => name)).toEqual([
    'IpvsReader',
    'Rtnl',
    'Xtables',
    'Sysctl',
    'Capture',
  ]);
  expect(new Set(names.map(({ id }) => id)).size).toBe(handles.length);
  expect(inspect({ handles: [handles[0]] }, { depth: 1 })).toContain('[ [IpvsReader] ]');
  await Promise.all(handles.map((handle) => handle.close()));
  expect(handles.map((handle) => inspect(handle)).join()).not.toContain('open: true');
});
