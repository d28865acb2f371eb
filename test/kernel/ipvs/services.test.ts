import { describe, expect, it } from 'vitest';
import type { Service, ServiceConfig } from '../../../src/ipvs/index.js';
import { formatServiceName } from '../../../src/ipvs/index.js';
import { useDirector } from './support.js';

const test = useDirector();

const tcp = { protocol: 'tcp', address: '10.0.0.1', port: 80 } as const;
const udp = { protocol: 'udp', address: '10.0.0.1', port: 53 } as const;
const tcp6 = { protocol: 'tcp', address: '2001:db8::1', port: 443 } as const;

/** Each service beside the line that `ipvsadm -Sn` has for it. */
const samples: readonly (readonly [ServiceConfig, string])[] = [
  [tcp, '-A -t 10.0.0.1:80 -s wlc'],
  [{ ...udp, scheduler: 'rr' }, '-A -u 10.0.0.1:53 -s rr'],
  [{ ...tcp, protocol: 'sctp', scheduler: 'lc' }, '-A --sctp-service 10.0.0.1:80 -s lc'],
  [{ ...tcp6, scheduler: 'wrr' }, '-A -t [2001:db8::1]:443 -s wrr'],
  [
    { protocol: 'udp', address: 'fe80::1', port: 65_535, scheduler: 'sed' },
    '-A -u [fe80::1]:65535 -s sed',
  ],
  [{ fwmark: 7, scheduler: 'nq' }, '-A -f 7 -s nq'],
  [{ fwmark: 7, family: 'ipv6', scheduler: 'dh' }, '-A -f 7 -6 -s dh'],
  [{ ...tcp, port: 1, scheduler: 'none' }, '-A -t 10.0.0.1:1 -s none'],
  [{ ...tcp, port: 2, persistence: true }, '-A -t 10.0.0.1:2 -s wlc -p 300'],
  [
    { ...tcp, port: 0, persistence: { timeout: 60, prefixLength: 24 } },
    '-A -t 10.0.0.1:0 -s wlc -p 60 -M 255.255.255.0',
  ],
  [
    { ...tcp, port: 3, persistence: { timeout: 2_000_000, prefixLength: 1 } },
    '-A -t 10.0.0.1:3 -s wlc -p 2000000 -M 128.0.0.0',
  ],
  [
    { ...tcp6, port: 4, persistence: { timeout: 1, prefixLength: 64 } },
    '-A -t [2001:db8::1]:4 -s wlc -p 1 -M 64',
  ],
  [{ ...tcp6, port: 5, persistence: true }, '-A -t [2001:db8::1]:5 -s wlc -p 300'],
  [
    { fwmark: 9, family: 'ipv6', persistence: { timeout: 9, prefixLength: 127 } },
    '-A -f 9 -6 -s wlc -p 9 -M 127',
  ],
  [{ ...udp, port: 6, scheduler: 'rr', onePacket: true }, '-A -u 10.0.0.1:6 -s rr -o'],
  [
    { ...udp, port: 7, scheduler: 'rr', persistence: true, persistenceEngine: 'sip' },
    '-A -u 10.0.0.1:7 -s rr -p 300 --pe sip',
  ],
  [
    { ...tcp, port: 8, scheduler: 'sh', schedulerFlags: ['sh-fallback', 'sh-port'] },
    '-A -t 10.0.0.1:8 -s sh -b sh-fallback,sh-port',
  ],
  [
    { ...tcp, port: 9, scheduler: 'mh', schedulerFlags: ['mh-port'] },
    '-A -t 10.0.0.1:9 -s mh -b mh-port',
  ],
  [
    { ...tcp, port: 10, scheduler: 'rr', schedulerFlags: ['flag-1', 'flag-3'] },
    '-A -t 10.0.0.1:10 -s rr -b flag-1,flag-3',
  ],
  ...['lblc', 'lblcr', 'fo', 'ovf'].map(
    (scheduler, index) =>
      [
        { ...tcp, port: 20 + index, scheduler },
        `-A -t 10.0.0.1:${20 + index} -s ${scheduler}`,
      ] as const,
  ),
];
const configs = samples.map(([config]) => config);
const lines = samples.map(([, line]) => line).sort();

describe('every kind of service', () => {
  const byName = async (): Promise<Map<string, Service>> => {
    const services = await test.ipvs.listServices();
    return new Map(services.map((service) => [formatServiceName(service), service]));
  };

  it('is made as ipvsadm makes it, is read alike, and can be fed back', async () => {
    const { director, ipvs } = test;
    await Promise.all(configs.map((config) => ipvs.addService(config)));
    expect(director.saved()).toEqual(lines);
    const ours = await byName();
    expect(ours.size).toBe(samples.length);
    await Promise.all(configs.map((config) => ipvs.removeService(config)));
    expect(await ipvs.listServices()).toEqual([]);

    director.replay(lines);
    const theirs = await byName();
    expect(theirs).toEqual(ours);
    for (const wanted of [configs, [...theirs.values()]]) {
      const done = await Promise.all(wanted.map((config) => ipvs.ensureService(config)));
      expect(new Set(done)).toEqual(new Set(['unchanged']));
    }
    for (const config of configs) {
      expect(await ipvs.getService(config)).toEqual(ours.get(formatServiceName(config)));
    }

    await ipvs.flush();
    expect(director.saved()).toEqual([]);
    await Promise.all([...theirs.values()].map((service) => ipvs.addService(service)));
    expect(director.saved()).toEqual(lines);
    expect(await byName()).toEqual(ours);
  });

  it('may be persistent for longer than ipvsadm can ask for', async () => {
    const { director, ipvs } = test;
    await ipvs.addService({ ...tcp, persistence: { timeout: 2_147_483 } });
    expect(director.saved()).toEqual(['-A -t 10.0.0.1:80 -s wlc -p 2147483']);
  });
});

describe('a listing', () => {
  it('is empty where nothing is, and so is the absence of one service undefined', async () => {
    expect(await test.ipvs.listServices()).toEqual([]);
    expect(await test.ipvs.getService(tcp)).toBeUndefined();
  });

  it('has every key, with defaults spelled out', async () => {
    await test.ipvs.addService(tcp);
    expect(await test.ipvs.listServices()).toEqual([
      {
        protocol: 'tcp',
        address: '10.0.0.1',
        port: 80,
        family: 'ipv4',
        scheduler: 'wlc',
        schedulerFlags: [],
        onePacket: false,
        stats: expect.objectContaining({ connections: 0, inBytes: 0, outByteRate: 0 }),
      },
    ]);
    const [service] = await test.ipvs.listServices({ bigint: true });
    expect(service?.stats).toMatchObject({ connections: 0n, inBytes: 0n, inByteRate: 0 });
  });

  it('holds a thousand, as many as ipvsadm counts', async () => {
    const { director, ipvs } = test;
    const ports = Array.from({ length: 1000 }, (_, index) => index + 1);
    await Promise.all(ports.map((port) => ipvs.addService({ ...tcp, port })));
    const services = await ipvs.listServices();
    expect(new Set(services.map(({ port }) => port)).size).toBe(1000);
    expect(director.saved()).toHaveLength(1000);
    expect((await ipvs.snapshot()).services).toHaveLength(1000);
    await ipvs.flush();
    expect(director.saved()).toEqual([]);
  });

  it('shows what other tools can set and this one refuses', async () => {
    const { director, ipvs } = test;
    director.ipvsadm('-A', '-t', '10.0.0.1:80', '-s', 'rr');
    director.ipvsadm('-A', '-f', '4294967295', '-s', 'rr');
    const services = await ipvs.listServices();
    expect(services.map((service) => service.fwmark ?? service.address).sort()).toEqual([
      '10.0.0.1',
      4_294_967_295,
    ]);
    await ipvs.removeService('fwmark:4294967295');
    expect(director.saved()).toEqual(['-A -t 10.0.0.1:80 -s rr']);
  });
});

describe('an update', () => {
  const full = {
    ...udp,
    scheduler: 'sh',
    schedulerFlags: ['sh-port'],
    onePacket: true,
    persistence: { timeout: 60, prefixLength: 24 },
    persistenceEngine: 'sip',
  } as const;
  const line = '-A -u 10.0.0.1:53 -s sh -p 60 -M 255.255.255.0 --pe sip -o -b sh-port';

  const patches = [
    [{}, line],
    [{ scheduler: 'mh' }, line.replace('-s sh', '-s mh').replace('sh-port', 'mh-port')],
    [{ onePacket: false }, line.replace(' -o', '')],
    [{ persistence: { timeout: 9 } }, line.replace('-p 60', '-p 9')],
    [{ persistence: { prefixLength: 32 } }, line.replace(' -M 255.255.255.0', '')],
    [{ persistenceEngine: undefined }, line.replace(' --pe sip', '')],
    [{ schedulerFlags: [] }, line.replace(' -b sh-port', '')],
    [{ schedulerFlags: ['sh-fallback'] as const }, line.replace('sh-port', 'sh-fallback')],
    [{ persistence: false, persistenceEngine: undefined }, '-A -u 10.0.0.1:53 -s sh -o -b sh-port'],
  ] as const;

  it('keeps what it does not name', async () => {
    const { director, ipvs } = test;
    const named = patches.map(([patch, expected], index) => ({
      service: { ...full, port: 100 + index },
      patch,
      expected: expected.replace(':53', `:${100 + index}`),
    }));
    await Promise.all(named.map(({ service }) => ipvs.addService(service)));
    await Promise.all(named.map(({ service, patch }) => ipvs.updateService(service, patch)));
    expect(director.saved()).toEqual(named.map(({ expected }) => expected).sort());
  });

  it('keeps destinations', async () => {
    const { director, ipvs } = test;
    await ipvs.addService(tcp);
    await ipvs.addDest(tcp, '10.0.0.20');
    await ipvs.updateService(tcp, { scheduler: 'rr' });
    expect(director.saved()).toEqual([
      '-A -t 10.0.0.1:80 -s rr',
      '-a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 1',
    ]);
  });

  it('and another of the same service do not lose each other', async () => {
    const { director, ipvs } = test;
    await ipvs.addService(tcp);
    await Promise.all([
      ipvs.updateService(tcp, { scheduler: 'rr' }),
      ipvs.updateService(tcp, { persistence: { timeout: 5 } }),
      ipvs.updateService(tcp, { onePacket: true }),
    ]);
    expect(director.saved()).toEqual(['-A -t 10.0.0.1:80 -s rr -p 5 -o']);
  });
});

describe('ensureService', () => {
  it('says what it did', async () => {
    const { director, ipvs } = test;
    expect(await ipvs.ensureService({ ...tcp, persistence: true })).toBe('created');
    expect(await ipvs.ensureService(tcp)).toBe('unchanged');
    expect(await ipvs.ensureService({ ...tcp, scheduler: 'rr' })).toBe('updated');
    expect(await ipvs.ensureService({ ...tcp, scheduler: 'rr' })).toBe('unchanged');
    expect(director.saved()).toEqual(['-A -t 10.0.0.1:80 -s rr -p 300']);
  });

  it('of the same service twice at once makes it once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => test.ipvs.ensureService(tcp)));
    expect(answers).toEqual(['created', 'unchanged', 'unchanged']);
  });
});

describe('handles', () => {
  it('of one namespace see the same, those of others do not', async () => {
    const { director, ipvs } = test;
    const second = await director.open();
    await ipvs.addService(tcp);
    expect(await second.listServices()).toHaveLength(1);
    await second.removeService(tcp);
    expect(await ipvs.listServices()).toEqual([]);
  });
});

describe('settings of the namespace', () => {
  it('timeouts go both ways', async () => {
    const { director, ipvs } = test;
    const shown = (): string => director.ipvsadm('-Ln', '--timeout').trim();
    expect(await ipvs.getTimeouts()).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
    await ipvs.setTimeouts({ tcpFin: 60 });
    expect(shown()).toBe('Timeout (tcp tcpfin udp): 900 60 300');
    await ipvs.setTimeouts({ tcp: 2_147_483, udp: 1 });
    expect(shown()).toBe('Timeout (tcp tcpfin udp): 2147483 60 1');
    director.ipvsadm('--set', '100', '0', '30');
    expect(await ipvs.getTimeouts()).toEqual({ tcp: 100, tcpFin: 60, udp: 30 });
  });

  it('version and size are those that ipvsadm shows', async () => {
    const { director, ipvs } = test;
    const { version, connectionTableSize } = await ipvs.info();
    expect(director.ipvsadm('-Ln')).toContain(`version ${version} (size=${connectionTableSize})`);
  });
});
