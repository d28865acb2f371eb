import { describe, expect, it } from 'vitest';
import { KernelError } from '../../../src/errors/index.js';
import type { Ipvs } from '../../../src/ipvs/index.js';
import { failureOf, ip, linesOf, makeDirector, runProgram, useDirector } from './support.js';

const test = useDirector();

const tcp = { protocol: 'tcp', address: '10.0.0.1', port: 80 } as const;
const name = 'tcp://10.0.0.1:80';
const absent = 'tcp://10.0.0.1:81';
const dest = '10.0.0.20:80';

/** A refusal: what is done, its code, and what its sentence says of object, cause and cure. */
type Row = readonly [string, string, RegExp, (ipvs: Ipvs) => Promise<unknown>];

const rows: readonly Row[] = [
  [
    'a twin service',
    'EEXIST',
    /^add service tcp:\/\/10\.0\.0\.1:80: EEXIST: the service exists already; .*updateService.*ensureService/,
    (ipvs) => ipvs.addService(tcp),
  ],
  [
    'an unknown scheduler',
    'ENOENT',
    /^add service tcp:\/\/10\.0\.0\.1:81: ENOENT: the kernel has no scheduler "wllc"; did you mean "wlc".*loaded: .*wlc/,
    (ipvs) => ipvs.addService({ ...tcp, port: 81, scheduler: 'wllc' }),
  ],
  [
    'an unknown scheduler in an update',
    'ENOENT',
    /^update service tcp:\/\/10\.0\.0\.1:80: ENOENT: the kernel has no scheduler "foo"/,
    (ipvs) => ipvs.updateService(name, { scheduler: 'foo' }),
  ],
  [
    'an unknown engine',
    'ENOENT',
    /^add service tcp:\/\/10\.0\.0\.1:81: ENOENT: the kernel has no persistence engine "foo"; .*"sip"/,
    (ipvs) =>
      ipvs.addService({
        ...tcp,
        port: 81,
        scheduler: 'wlc',
        persistence: true,
        persistenceEngine: 'foo',
      }),
  ],
  ...(
    [
      ['update service', (ipvs) => ipvs.updateService(absent, { scheduler: 'rr' })],
      ['remove service', (ipvs) => ipvs.removeService(absent)],
      ['list destinations', (ipvs) => ipvs.listDests(absent)],
      ['list destinations', (ipvs) => ipvs.getDest(absent, dest)],
      ['zero the counters of', (ipvs) => ipvs.zero(absent)],
    ] as [string, Row[3]][]
  ).map(
    ([operation, act]) =>
      [
        `${operation} of a service that is not there`,
        'ESRCH',
        new RegExp(`^${operation} ${absent}: ESRCH: there is no such service; listServices shows`),
        act,
      ] as const,
  ),
  ...(
    [
      ['add', (ipvs) => ipvs.addDest(absent, dest)],
      ['add', (ipvs) => ipvs.ensureDest(absent, dest)],
      ['update', (ipvs) => ipvs.updateDest(absent, dest, { weight: 2 })],
      ['remove', (ipvs) => ipvs.removeDest(absent, dest)],
    ] as [string, Row[3]][]
  ).map(
    ([verb, act]) =>
      [
        `${verb} a destination of a service that is not there`,
        'ESRCH',
        new RegExp(`^${verb} destination .*${absent}: ESRCH: there is no such service; listServ`),
        act,
      ] as const,
  ),
  [
    'a twin destination',
    'EEXIST',
    /^add destination 10\.0\.0\.20:80 of tcp:\/\/10\.0\.0\.1:80: EEXIST: .*already; .*updateDest.*ensureDest/,
    (ipvs) => ipvs.addDest(name, dest),
  ],
  [
    'an update of a destination that is not there',
    'ENOENT',
    /^update destination 10\.0\.0\.99:80 of tcp:\/\/10\.0\.0\.1:80: ENOENT: the service has no such destination; listDests/,
    (ipvs) => ipvs.updateDest(name, '10.0.0.99', { weight: 2 }),
  ],
  [
    'the removal of a destination that is not there',
    'ENOENT',
    /^remove destination 10\.0\.0\.99:80 of tcp:\/\/10\.0\.0\.1:80: ENOENT: .*listDests/,
    (ipvs) => ipvs.removeDest(name, '10.0.0.99'),
  ],
  ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '127.255.255.255'].map(
    (address) =>
      [
        `a destination at ${address}`,
        'EINVAL',
        new RegExp(
          `^add destination ${address}:80 of ${name}: EINVAL: .*unicast.*check the address`,
        ),
        (ipvs: Ipvs) => ipvs.addDest(name, { address, port: 80 }),
      ] as const,
  ),
  ...['ff02::1', 'fe80::1'].map(
    (address) =>
      [
        `a destination at ${address}`,
        'EINVAL',
        /EINVAL: the kernel takes only unicast or local addresses/,
        async (ipvs: Ipvs) => {
          await ipvs.addDest('fwmark:6/ipv6', { address });
        },
      ] as const,
  ),
  [
    'a sync daemon that is not running',
    'ESRCH',
    /^stop .*: ESRCH: no daemon of that state runs/,
    (ipvs) => ipvs.stopSyncDaemon('master'),
  ],
  [
    'a sync daemon on a device that is not there',
    'ENODEV',
    /^start .*: ENODEV: there is no such device/,
    (ipvs) => ipvs.startSyncDaemon({ state: 'master', device: 'none0', syncId: 1 }),
  ],
];

describe('the kernel refuses', () => {
  it('each in words that say object, cause and cure, and nothing changes', async () => {
    const { director, ipvs } = test;
    await ipvs.addService(tcp);
    await ipvs.addDest(name, dest);
    await ipvs.addService({ fwmark: 6, family: 'ipv6' });
    const before = director.saved();
    const seen: unknown[] = [];
    for (const [what, , , act] of rows) {
      const error = await failureOf(act(ipvs));
      seen.push([what, error.code, error instanceof KernelError, error.message]);
    }
    expect(seen).toEqual(
      rows.map(([what, code, words]) => [what, code, true, expect.stringMatching(words)]),
    );
    expect(director.saved()).toEqual(before);
  });

  it('with the shape of a system error', async () => {
    await test.ipvs.addService(tcp);
    expect(await failureOf(test.ipvs.addService(tcp))).toMatchObject({
      name: 'KernelError',
      code: 'EEXIST',
      errno: -17,
      syscall: 'netlink',
      operation: 'add service',
      object: name,
    });
  });

  it('a destination of the other family while a sync daemon runs, and the reverse', async () => {
    const { director, ipvs } = test;
    await ipvs.addService(tcp);
    const mixed = { address: '2001:db8::9', fwd: 'tun' } as const;
    await ipvs.startSyncDaemon({ state: 'backup', device: 'lo', syncId: 1 });
    expect(await failureOf(ipvs.addDest(name, mixed))).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('while no sync daemon runs'),
    });
    await ipvs.stopSyncDaemon('backup');
    await ipvs.addDest(name, mixed);
    expect(
      await failureOf(ipvs.startSyncDaemon({ state: 'backup', device: 'lo', syncId: 1 })),
    ).toMatchObject({ code: 'EINVAL', message: expect.stringContaining('another family') });
    expect(linesOf(director.ipvsadm('-Ln', '--daemon'))).toEqual([]);
  });
});

it('a destination where no interface was ever up is refused with the remedy', async () => {
  const { director, ipvs } = await makeDirector({ up: false });
  await ipvs.addService(tcp);
  expect(await failureOf(ipvs.addDest(name, dest))).toMatchObject({
    code: 'EINVAL',
    message: expect.stringContaining('bring lo up'),
  });
  await director.close();
});

describe('opening', () => {
  const opened = (options: object = {}): string => `
    const ipvs = await Ipvs.open(${JSON.stringify(options)}).catch((error) => error);
    if (ipvs instanceof Error) console.log(JSON.stringify({ name: ipvs.name, code: ipvs.code,
      syscall: ipvs.syscall, message: ipvs.message }));
    else await ipvs.close();`;
  const answerOf = (program: string, before: string[] = []): unknown => {
    const { status, output, errors } = runProgram(program, { before });
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    return JSON.parse(output);
  };

  it('in a namespace that is not there', () => {
    expect(answerOf(opened({ netns: 'nowhere' }))).toMatchObject({
      name: 'KernelError',
      code: 'ENOENT',
      syscall: 'setns',
      message: expect.stringMatching(/\/run\/netns\/nowhere: ENOENT: .*createNetns/),
    });
  });

  it('in a file that is no namespace', () => {
    expect(answerOf(opened({ netns: '/proc/self/status' }))).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('no network namespace'),
    });
  });

  it('without CAP_NET_ADMIN', () => {
    const drop = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];
    const plain = answerOf(opened(), drop);
    expect(plain).toMatchObject({
      name: 'KernelError',
      code: 'EPERM',
      message: expect.stringMatching(
        /EPERM: it needs CAP_NET_ADMIN in the initial user namespace; run as root or give/,
      ),
    });
  });

  it('as an ordinary user, in another namespace', () => {
    const { director } = test;
    const before = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(answerOf(opened({ netns: director.name }), before)).toMatchObject({
      code: 'EPERM',
      syscall: 'setns',
      message: expect.stringContaining('CAP_SYS_ADMIN'),
    });
  });

  it('as root of a user namespace', () => {
    expect(answerOf(opened(), ['unshare', '--user', '--map-root-user', '--net'])).toMatchObject({
      code: 'EPERM',
      message: expect.stringMatching(/in the initial user namespace; .* user namespace of its own/),
    });
  });
});

describe('a call', () => {
  it('that was aborted before it left is not carried out', async () => {
    const { ipvs } = test;
    // The thread is at work on what was submitted before, and idle again when the call leaves.
    for (let i = 0; i < 20; i++) {
      void ipvs.listServices();
      await new Promise((resolve) => setImmediate(resolve));
      const withdrawn = new AbortController();
      const call = ipvs.addService(tcp, { signal: withdrawn.signal });
      withdrawn.abort();
      const end = performance.now() + 5;
      while (performance.now() < end) {
        // Keeps the request from leaving.
      }
      await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    }
    expect(await ipvs.listServices()).toEqual([]);
  });

  it('after close is refused', async () => {
    const ipvs = await test.director.open();
    await ipvs.close();
    await ipvs.close();
    for (const call of [ipvs.listServices(), ipvs.flush(), ipvs.listConnections().next()]) {
      await expect(call).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED', name: 'HandleError' });
    }
  });

  it('in a namespace whose name is gone goes on, and the same name is another namespace', async () => {
    const { director, ipvs } = await makeDirector();
    await ipvs.addService(tcp);
    ip('netns', 'delete', director.name);
    expect(await ipvs.listServices()).toHaveLength(1);
    ip('netns', 'add', director.name);
    expect(director.saved()).toEqual([]);
    await director.close();
  });
});
