import { beforeEach, describe, expect, it } from 'vitest';
import type { DestConfig, Destination, Tunnel } from '../../../src/ipvs/index.js';
import { linesOf, useDirector } from './support.js';

const test = useDirector();

const v4 = 'tcp://10.0.0.1:80';
const v6 = 'tcp://[2001:db8::1]:80';
const mark = 'fwmark:7';

beforeEach(async () => {
  await Promise.all([
    test.ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port: 80 }),
    test.ipvs.addService({ protocol: 'tcp', address: '2001:db8::1', port: 80 }),
    test.ipvs.addService({ fwmark: 7 }),
  ]);
});

function savedDests(): string[] {
  return test.director.saved().filter((line) => line.startsWith('-a'));
}

function thresholds(): string[] {
  const lines = linesOf(test.director.ipvsadm('-Ln', '--thresholds'));
  return lines
    .filter((line) => /^ {2}-> [[\d]/.test(line))
    .map((line) => line.trim().replace(/\s+/g, ' '));
}

const real = { address: '10.0.0.20', port: 80 } as const;
const tun = (address: string, tunnel?: Tunnel): DestConfig => ({
  address,
  fwd: 'tun',
  ...(tunnel && { tunnel }),
});

/** Each destination beside the line that `ipvsadm -Sn` has for it. */
const samples: readonly (readonly [string, DestConfig, string])[] = [
  [v4, { address: '10.0.0.20' }, '-a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 1'],
  [v4, { ...real, fwd: 'nat', port: 1 }, '-a -t 10.0.0.1:80 -r 10.0.0.20:1 -m -w 1'],
  [v4, { ...real, fwd: 'nat', port: 2, weight: 0 }, '-a -t 10.0.0.1:80 -r 10.0.0.20:2 -m -w 0'],
  [
    v4,
    { address: '10.0.0.21', weight: 2 ** 31 - 1 },
    '-a -t 10.0.0.1:80 -r 10.0.0.21:80 -g -w 2147483647',
  ],
  [v4, { address: '127.0.0.1', fwd: 'dr' }, '-a -t 10.0.0.1:80 -r 127.0.0.1:80 -g -w 1'],
  [v4, tun('10.0.1.1'), '-a -t 10.0.0.1:80 -r 10.0.1.1:80 -i -w 1 --tun-type ipip'],
  [
    v4,
    tun('10.0.1.2', { type: 'gre' }),
    '-a -t 10.0.0.1:80 -r 10.0.1.2:80 -i -w 1 --tun-type gre --tun-nocsum',
  ],
  [
    v4,
    tun('10.0.1.3', { type: 'gre', checksum: 'full' }),
    '-a -t 10.0.0.1:80 -r 10.0.1.3:80 -i -w 1 --tun-type gre --tun-csum',
  ],
  ...(['none', 'full', 'remote'] as const).map((checksum) => {
    const option = { none: 'nocsum', full: 'csum', remote: 'remcsum' }[checksum];
    const address = { none: '10.0.2.1', full: '10.0.2.2', remote: '10.0.2.3' }[checksum];
    return [
      v4,
      tun(address, { type: 'gue', port: 5555, checksum }),
      `-a -t 10.0.0.1:80 -r ${address}:80 -i -w 1 --tun-type gue --tun-port 5555 --tun-${option}`,
    ] as const;
  }),
  [v4, tun('2001:db8::9'), '-a -t 10.0.0.1:80 -r [2001:db8::9]:80 -i -w 1 --tun-type ipip'],
  [v6, { address: '2001:db8::20' }, '-a -t [2001:db8::1]:80 -r [2001:db8::20]:80 -g -w 1'],
  [
    v6,
    { address: '2001:db8::20', port: 8080, fwd: 'nat', weight: 5 },
    '-a -t [2001:db8::1]:80 -r [2001:db8::20]:8080 -m -w 5',
  ],
  [v6, tun('10.0.0.20'), '-a -t [2001:db8::1]:80 -r 10.0.0.20:80 -i -w 1 --tun-type ipip'],
  [mark, { address: '10.0.0.20' }, '-a -f 7 -r 10.0.0.20:0 -g -w 1'],
];
const lines = samples.map(([, , line]) => line).sort();

describe('every kind of destination', () => {
  const seen = (): Promise<(Destination | undefined)[]> =>
    Promise.all(samples.map(([service, config]) => test.ipvs.getDest(service, config)));

  it('is made as ipvsadm makes it, is read alike, and can be fed back', async () => {
    const { director, ipvs } = test;
    await Promise.all(samples.map(([service, config]) => ipvs.addDest(service, config)));
    expect(savedDests()).toEqual(lines);
    const ours = await seen();
    expect(ours).not.toContain(undefined);
    await Promise.all(samples.map(([service, config]) => ipvs.removeDest(service, config)));
    expect(savedDests()).toEqual([]);

    director.replay(lines);
    const theirs = await seen();
    expect(theirs).toEqual(ours);
    const done = samples.flatMap(([service, config], index) => [
      ipvs.ensureDest(service, config),
      ipvs.ensureDest(service, theirs[index] ?? ''),
    ]);
    expect(new Set(await Promise.all(done))).toEqual(new Set(['unchanged']));

    await Promise.all(samples.map(([service], i) => ipvs.removeDest(service, theirs[i] ?? '')));
    await Promise.all(samples.map(([service], i) => ipvs.addDest(service, theirs[i] ?? '')));
    expect(savedDests()).toEqual(lines);
    expect(await seen()).toEqual(ours);
  });
});

describe("the kernel's own forwarding methods", () => {
  it('are kept, though ipvsadm cannot ask for them', async () => {
    const { director, ipvs } = test;
    await ipvs.addDest(v4, { address: '10.0.0.20', fwd: 'local' });
    await ipvs.addDest(v4, { address: '10.0.0.21', fwd: 'bypass' });
    expect((await ipvs.listDests(v4)).map(({ fwd }) => fwd).sort()).toEqual(['bypass', 'local']);
    expect(director.ipvsadm('-Ln')).toMatch(/-> 10\.0\.0\.20:80\s+Local /);
    expect(savedDests()).toHaveLength(2);
  });
});

describe('thresholds', () => {
  it('go both ways', async () => {
    const { director, ipvs } = test;
    await ipvs.addDest(v4, { ...real, upperThreshold: 4, lowerThreshold: 2 });
    expect(thresholds()).toEqual(['-> 10.0.0.20:80 4 2 0 0']);
    director.ipvsadm('-e', '-t', '10.0.0.1:80', '-r', '10.0.0.20:80', '-g', '-x', '9', '-y', '9');
    expect(await ipvs.getDest(v4, real)).toMatchObject({ upperThreshold: 9, lowerThreshold: 9 });
    await ipvs.updateDest(v4, real, { upperThreshold: 2 ** 31 - 1, lowerThreshold: 0 });
    expect(thresholds()).toEqual(['-> 10.0.0.20:80 2147483647 0 0 0']);
  });
});

describe('a listing', () => {
  it('is empty for a service without destinations', async () => {
    expect(await test.ipvs.listDests(v4)).toEqual([]);
    expect(await test.ipvs.getDest(v4, real)).toBeUndefined();
  });

  it('has every key', async () => {
    await test.ipvs.addDest(v4, real);
    const settings = {
      address: '10.0.0.20',
      port: 80,
      family: 'ipv4',
      fwd: 'dr',
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      activeConnections: 0,
      inactiveConnections: 0,
      persistentConnections: 0,
    };
    const stats = expect.objectContaining({ connections: 0, outBytes: 0, connectionRate: 0 });
    expect(await test.ipvs.listDests(v4)).toEqual([{ ...settings, stats }]);
    const [dest] = await test.ipvs.listDests(v4, { bigint: true });
    expect(dest?.stats).toMatchObject({ connections: 0n, outBytes: 0n, connectionRate: 0 });
  });

  it('tells destinations of one address by their ports', async () => {
    const { ipvs } = test;
    await Promise.all(
      [80, 81].map((port) => ipvs.addDest(v4, { ...real, port, fwd: 'nat', weight: port })),
    );
    expect(await ipvs.getDest(v4, '10.0.0.20:81')).toMatchObject({ weight: 81 });
    await ipvs.removeDest(v4, '10.0.0.20:81');
    expect(savedDests()).toEqual(['-a -t 10.0.0.1:80 -r 10.0.0.20:80 -m -w 80']);
  });
});

describe('an update', () => {
  const full = {
    fwd: 'tun',
    weight: 7,
    upperThreshold: 8,
    lowerThreshold: 3,
    tunnel: { type: 'gue', port: 5555, checksum: 'full' },
  } as const;
  const line = '-a -t 10.0.0.1:80 -r X:80 -i -w 7 --tun-type gue --tun-port 5555 --tun-csum';
  const patches = [
    [{}, line, '8 3'],
    [{ weight: 0 }, line.replace('-w 7', '-w 0'), '8 3'],
    [{ upperThreshold: 9 }, line, '9 3'],
    [{ lowerThreshold: 0 }, line, '8 0'],
    [{ tunnel: { type: 'ipip' } }, line.replace(/gue.*/, 'ipip'), '8 3'],
    [{ fwd: 'nat' }, line.replace(/-i.*/, '-m -w 7'), '8 3'],
  ] as const;

  it('keeps what it does not name', async () => {
    const { ipvs } = test;
    const named = patches.map(([patch, expected, counts], index) => ({
      address: `10.0.3.${index}`,
      patch,
      expected: expected.replace('X', `10.0.3.${index}`),
      counts: `-> 10.0.3.${index}:80 ${counts} 0 0`,
    }));
    await Promise.all(named.map(({ address }) => ipvs.addDest(v4, { address, ...full })));
    await Promise.all(named.map(({ address, patch }) => ipvs.updateDest(v4, address, patch)));
    expect(savedDests()).toEqual(named.map(({ expected }) => expected).sort());
    expect(thresholds().sort()).toEqual(named.map(({ counts }) => counts).sort());
  });

  it('of many at once touches each alone, and of one many times loses nothing', async () => {
    const { ipvs } = test;
    const names = Array.from({ length: 100 }, (_, index) => `10.0.1.${index}:80`);
    await Promise.all(names.map((name) => ipvs.addDest(v4, name)));
    await Promise.all(names.map((name, index) => ipvs.updateDest(v4, name, { weight: index })));
    expect((await ipvs.listDests(v4)).map(({ weight }) => weight).sort((a, b) => a - b)).toEqual(
      names.map((_, index) => index),
    );
    await Promise.all([
      ipvs.updateDest(v4, '10.0.1.1', { weight: 5 }),
      ipvs.updateDest(v4, '10.0.1.1', { upperThreshold: 6 }),
      ipvs.updateDest(v4, '10.0.1.1', { fwd: 'nat' }),
    ]);
    expect(await ipvs.getDest(v4, '10.0.1.1')).toMatchObject({
      weight: 5,
      upperThreshold: 6,
      fwd: 'nat',
    });
  });

  it('made in the same tick as the destination keeps what that was made with', async () => {
    const { ipvs } = test;
    await ipvs.addDest(v4, '10.0.0.30');
    await Promise.all([
      ipvs.updateDest(v4, '10.0.0.30', { weight: 2 }),
      ipvs.addDest(v4, { ...real, weight: 9, fwd: 'nat' }),
      ipvs.updateDest(v4, real, { upperThreshold: 4 }),
    ]);
    expect(await ipvs.getDest(v4, real)).toMatchObject({
      weight: 9,
      fwd: 'nat',
      upperThreshold: 4,
    });
  });
});

describe('ensureDest', () => {
  it('says what it did', async () => {
    const { ipvs } = test;
    expect(await ipvs.ensureDest(v4, { ...real, weight: 5, upperThreshold: 4 })).toBe('created');
    expect(await ipvs.ensureDest(v4, '10.0.0.20')).toBe('unchanged');
    expect(await ipvs.ensureDest(v4, { ...real, weight: 6 })).toBe('updated');
    expect(await ipvs.getDest(v4, real)).toMatchObject({ weight: 6, upperThreshold: 4 });
    const answers = await Promise.all([1, 2].map(() => ipvs.ensureDest(v6, '2001:db8::5')));
    expect(answers).toEqual(['created', 'unchanged']);
  });
});

describe('snapshot', () => {
  it('is the tree, untorn when nobody interferes', async () => {
    const { ipvs } = test;
    await ipvs.addDest(v4, { ...real, weight: 3 });
    for (const verify of ['services', 'all'] as const) {
      const { services, torn } = await ipvs.snapshot({ verify });
      expect(torn).toBe(false);
      expect(services).toHaveLength(3);
      const tree = services.find((service) => service.address === '10.0.0.1');
      expect(tree?.dests).toEqual(await ipvs.listDests(v4));
      if (tree === undefined) throw new Error('not listed');
      await ipvs.removeService(tree);
      await ipvs.addService(tree);
      await ipvs.addDest(tree, tree.dests[0] ?? '');
    }
    expect(savedDests()).toEqual(['-a -t 10.0.0.1:80 -r 10.0.0.20:80 -g -w 3']);
  });

  it.each(['services', 'all'] as const)(
    'is torn by what changes meanwhile: %s',
    async (verify) => {
      const { director, ipvs } = test;
      const marks = Array.from({ length: 200 }, (_, index) => index + 10);
      await Promise.all(marks.map((fwmark) => ipvs.addService({ fwmark })));
      const [last = 0] = marks.slice(-1);
      const other = await director.open();
      let going = true;
      const change = async (): Promise<void> => {
        for (let round = 1; going; round++) {
          if (verify === 'all')
            await other.ensureDest({ fwmark: last }, { ...real, weight: round });
          else await other.updateService({ fwmark: last }, { scheduler: round % 2 ? 'rr' : 'wrr' });
        }
      };
      const changing = change();
      let torn = false;
      for (let i = 0; i < 200 && !torn; i++) ({ torn } = await ipvs.snapshot({ verify }));
      going = false;
      await changing;
      expect(torn).toBe(true);
      expect((await ipvs.snapshot({ verify })).torn).toBe(false);
    },
    60_000,
  );
});
