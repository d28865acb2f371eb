import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DestSettings, ServiceSettings } from '../../../src/ipvs/index.js';
import { failureOf, linesOf, useDirector } from './support.js';

const test = useDirector();

// The smaller the world, the more often operations meet what others made.
const services = ['tcp://10.0.0.1:80', 'udp://10.0.0.1:53', 'tcp://[2001:db8::1]:80', 'fwmark:7'];
const hosts = ['10.0.0.20', '10.0.0.21'];
const hosts6 = ['2001:db8::20', '2001:db8::21'];

interface Dest {
  readonly fwd: 'nat' | 'dr';
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

interface Service {
  readonly scheduler: string;
  readonly timeout: number | undefined;
  readonly onePacket: boolean;
  readonly dests: Map<string, Dest>;
}

type Model = Map<string, Service>;

const destDefaults: Dest = { fwd: 'dr', weight: 1, upperThreshold: 0, lowerThreshold: 0 };

const service = fc.constantFrom(...services);
const place = service.chain((name) =>
  fc.tuple(fc.constant(name), fc.constantFrom(...(name.includes('[') ? hosts6 : hosts))),
);
const thresholds = fc
  .tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }))
  .map(([a, b]) => ({ upperThreshold: Math.max(a, b), lowerThreshold: Math.min(a, b) }));
const destPatch: fc.Arbitrary<DestSettings> = fc
  .tuple(
    fc.record(
      { fwd: fc.constantFrom('nat', 'dr'), weight: fc.constantFrom(0, 1, 7, 2 ** 31 - 1) },
      { requiredKeys: [] },
    ),
    fc.option(thresholds, { nil: {} }),
  )
  .map(([settings, limits]) => ({ ...settings, ...limits }));
const servicePatch: fc.Arbitrary<ServiceSettings> = fc.record(
  {
    scheduler: fc.constantFrom('rr', 'wrr', 'wlc'),
    onePacket: fc.boolean(),
    persistence: fc.oneof(fc.constant(false), fc.record({ timeout: fc.constantFrom(1, 60) })),
  },
  { requiredKeys: [] },
);

type Step =
  | {
      readonly act: 'add' | 'update' | 'ensure';
      readonly name: string;
      readonly to: ServiceSettings;
    }
  | { readonly act: 'remove'; readonly name: string }
  | {
      readonly act: 'addDest' | 'updateDest' | 'ensureDest';
      readonly name: string;
      readonly host: string;
      readonly to: DestSettings;
    }
  | { readonly act: 'removeDest'; readonly name: string; readonly host: string }
  | { readonly act: 'flush' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constantFrom('add' as const, 'update' as const, 'ensure' as const),
      name: service,
      to: servicePatch,
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('remove' as const), name: service }) },
  {
    weight: 7,
    arbitrary: fc
      .tuple(
        fc.constantFrom('addDest' as const, 'updateDest' as const, 'ensureDest' as const),
        place,
        destPatch,
      )
      .map(([act, [name, host], to]) => ({ act, name, host, to })),
  },
  {
    weight: 2,
    arbitrary: place.map(([name, host]) => ({ act: 'removeDest' as const, name, host })),
  },
  { weight: 1, arbitrary: fc.constant({ act: 'flush' as const }) },
);

function patched(current: Omit<Service, 'dests'>, to: ServiceSettings): Omit<Service, 'dests'> {
  const { scheduler = current.scheduler, onePacket = current.onePacket, persistence } = to;
  const timeout = typeof persistence === 'object' ? persistence.timeout : undefined;
  return { scheduler, onePacket, timeout: 'persistence' in to ? timeout : current.timeout };
}

const serviceDefaults = { scheduler: 'wlc', onePacket: false, timeout: undefined };

/** Does the step in the model; the code that the kernel should refuse it with, or nothing. */
function expectStep(model: Model, step: Step): string | undefined {
  switch (step.act) {
    case 'flush':
      model.clear();
      return undefined;
    case 'add':
    case 'update':
    case 'ensure':
      return expectService(model, step);
    case 'remove':
      return model.delete(step.name) ? undefined : 'ESRCH';
    default: {
      const dests = model.get(step.name)?.dests;
      return dests === undefined ? 'ESRCH' : expectDest(dests, step);
    }
  }
}

function expectService(
  model: Model,
  step: Extract<Step, { act: 'add' | 'update' | 'ensure' }>,
): string | undefined {
  const known = model.get(step.name);
  if (known !== undefined && step.act === 'add') return 'EEXIST';
  if (known === undefined && step.act === 'update') return 'ESRCH';
  const settings = patched(known ?? serviceDefaults, step.to);
  model.set(step.name, { ...settings, dests: known?.dests ?? new Map() });
  return undefined;
}

function expectDest(
  dests: Map<string, Dest>,
  step: Extract<Step, { host: string }>,
): string | undefined {
  if (step.act === 'removeDest') return dests.delete(step.host) ? undefined : 'ENOENT';
  const known = dests.get(step.host);
  if (known !== undefined && step.act === 'addDest') return 'EEXIST';
  if (known === undefined && step.act === 'updateDest') return 'ENOENT';
  dests.set(step.host, { ...destDefaults, ...known, ...(step.to as Partial<Dest>) });
  return undefined;
}

function configOf(name: string): Parameters<typeof test.ipvs.addService>[0] {
  if (name === 'fwmark:7') return { fwmark: 7 };
  const [protocol = '', rest = ''] = name.split('://');
  const at = rest.lastIndexOf(':');
  const address = rest.slice(0, at).replace(/[[\]]/g, '');
  return { protocol: protocol as 'tcp' | 'udp', address, port: Number(rest.slice(at + 1)) };
}

function perform(step: Step): Promise<unknown> {
  const { ipvs } = test;
  switch (step.act) {
    case 'flush':
      return ipvs.flush();
    case 'add':
      return ipvs.addService({ ...configOf(step.name), ...step.to });
    case 'update':
      return ipvs.updateService(step.name, step.to);
    case 'ensure':
      return ipvs.ensureService({ ...configOf(step.name), ...step.to });
    case 'remove':
      return ipvs.removeService(step.name);
    case 'addDest':
      return ipvs.addDest(step.name, { address: step.host, ...step.to });
    case 'updateDest':
      return ipvs.updateDest(step.name, step.host, step.to);
    case 'ensureDest':
      return ipvs.ensureDest(step.name, { address: step.host, ...step.to });
    case 'removeDest':
      return ipvs.removeDest(step.name, step.host);
  }
}

function optionOf(name: string): string {
  return name.replace('tcp://', '-t ').replace('udp://', '-u ').replace('fwmark:', '-f ');
}

function endpointOf(name: string, host: string): string {
  const port = name === 'fwmark:7' ? '0' : name.slice(name.lastIndexOf(':') + 1);
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What `ipvsadm -Sn` has to say of the model. */
function savedBy(model: Model): string[] {
  const lines = [...model].flatMap(([name, { scheduler, timeout, onePacket, dests }]) => [
    [
      `-A ${optionOf(name)} -s ${scheduler}`,
      timeout === undefined ? '' : ` -p ${timeout}`,
      onePacket ? ' -o' : '',
    ].join(''),
    ...[...dests].map(
      ([host, { fwd, weight }]) =>
        `-a ${optionOf(name)} -r ${endpointOf(name, host)} ${fwd === 'dr' ? '-g' : '-m'} -w ${weight}`,
    ),
  ]);
  return lines.sort();
}

/** What `ipvsadm -Ln --thresholds` has to say, which `-Sn` leaves out. */
function limitsBy(model: Model): string[] {
  const lines = [...model].flatMap(([name, { dests }]) =>
    [...dests].map(
      ([host, { upperThreshold, lowerThreshold }]) =>
        `-> ${endpointOf(name, host)} ${upperThreshold} ${lowerThreshold} 0 0`,
    ),
  );
  return lines.sort();
}

function limitsSeen(): string[] {
  return linesOf(test.director.ipvsadm('-Ln', '--thresholds'))
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => /^-> [[\d]/.test(line))
    .sort();
}

it('any sequence of operations leaves the kernel as a model of it says', async () => {
  const end = performance.now() + 8000;
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (sequence) => {
      if (performance.now() > end) return;
      const model: Model = new Map();
      await test.ipvs.flush();
      for (const each of sequence) {
        const code = expectStep(model, each);
        const done = perform(each);
        if (code === undefined) await done;
        else expect(await failureOf(done)).toMatchObject({ code });
        expect(test.director.saved()).toEqual(savedBy(model));
        steps++;
      }
      expect(limitsSeen()).toEqual(limitsBy(model));
    }),
    { numRuns: 1000, endOnFailure: true },
  );
  expect(steps).toBeGreaterThan(10);
}, 60_000);
