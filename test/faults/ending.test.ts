// close() and abort at any moment, with work in flight.
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../../src/capture/index.js';
import { Ipvs } from '../../src/index.js';
import { createNetns, openProbeSocket } from '../../src/netns/index.js';
import { Rtnl } from '../../src/route/index.js';
import { Sysctl } from '../../src/sysctl/index.js';
import { useDirector } from '../kernel/ipvs/support.js';
import { expectNothingLeft } from './support/resources.js';

const rounds = 60;
const test = useDirector();
let made = 0;
let ended = 0;

afterAll(() => console.log(`operations cut short: ${ended} of ${made}`));
expectNothingLeft();

/** The same numbers for the same seed, from 0 to below 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Waits for a moment: some microtasks, some turns of the event loop, or some milliseconds. */
async function moment(random: () => number): Promise<void> {
  const kind = random();
  if (kind < 0.3) for (let i = random() * 20; i > 0; i--) await Promise.resolve();
  else if (kind < 0.6) for (let i = random() * 10; i > 0; i--) await turn();
  else await delay(random() * 15);
}

/** What a call that was cut short may be rejected with. */
const allowed = ['ERR_LVS_CLOSED', 'ABORT_ERR', 'ERR_LVS_UNKNOWN_OUTCOME'];

function codeOf(outcome: PromiseSettledResult<unknown>): string {
  if (outcome.status === 'fulfilled') return 'done';
  const { code, name } = outcome.reason;
  return name === 'AbortError' ? 'ABORT_ERR' : String(code);
}

async function settle(calls: readonly Promise<unknown>[]): Promise<string[]> {
  const codes = (await Promise.allSettled(calls)).map(codeOf);
  made += codes.length;
  ended += codes.filter((code) => code !== 'done').length;
  for (const code of codes) expect(['done', ...allowed]).toContain(code);
  return codes;
}

async function listAll(ipvs: Ipvs): Promise<void> {
  for await (const _ of ipvs.listConnections());
}

describe(`${rounds} times at a random moment`, () => {
  it('a handle of Ipvs that is closed answers all, and what it calls done is done', async () => {
    const random = randomNumbers(1);
    for (let round = 0; round < rounds; round++) {
      const ipvs = await Ipvs.open({ netns: test.director.name });
      const marks = Array.from({ length: 100 }, (_, index) => round * 100 + index + 1);
      const adds = marks.map((fwmark) => ipvs.addService({ fwmark }));
      const updates = marks.map((mark) =>
        ipvs.updateService(`fwmark:${mark}`, { scheduler: 'rr' }),
      );
      const reads = [ipvs.snapshot(), listAll(ipvs), ipvs.listServices(), ipvs.stats()];
      const all = settle([...adds, ...updates, ...reads]);
      await moment(random);
      await ipvs.close();
      const codes = await all;
      const there = new Map(
        (await test.ipvs.listServices()).map((service) => [
          'fwmark' in service ? service.fwmark : 0,
          service.scheduler,
        ]),
      );
      for (const [index, mark] of marks.entries()) {
        if (codes[index] === 'done') expect(there.has(mark)).toBe(true);
        if (codes[index + marks.length] === 'done') expect(there.get(mark)).toBe('rr');
      }
      await test.ipvs.flush();
    }
  });

  it('calls that are aborted reject with the reason, and the handle goes on', async () => {
    const random = randomNumbers(2);
    const ipvs = await Ipvs.open({ netns: test.director.name });
    for (let round = 0; round < rounds; round++) {
      const control = new AbortController();
      const { signal } = control;
      const marks = Array.from({ length: 100 }, (_, index) => round * 100 + index + 1);
      const adds = marks.map((fwmark) => ipvs.addService({ fwmark }, { signal }));
      const others = [ipvs.listServices({ signal }), ipvs.snapshot({ signal })];
      const all = settle([...adds, ...others]);
      await moment(random);
      control.abort();
      const codes = await all;
      const there = await ipvs.listServices();
      const done = codes.slice(0, marks.length).filter((code) => code === 'done');
      expect(there.length).toBeGreaterThanOrEqual(done.length);
      await ipvs.flush();
    }
    await ipvs.close();
  });

  it('opening that is aborted leaves nothing', async () => {
    const random = randomNumbers(3);
    for (let round = 0; round < rounds; round++) {
      const control = new AbortController();
      const { signal } = control;
      const netns = test.director.name;
      const opened = Promise.allSettled([
        Ipvs.open({ netns, signal }),
        Rtnl.open({ netns, signal }),
        Sysctl.open({ netns, signal }),
      ]);
      await moment(random);
      control.abort();
      for (const outcome of await opened) {
        made++;
        if (outcome.status === 'fulfilled') await outcome.value.close();
        else {
          ended++;
          expect(outcome.reason.name).toBe('AbortError');
        }
      }
    }
  });

  it('a handle of Rtnl that is closed answers all', async () => {
    const random = randomNumbers(4);
    for (let round = 0; round < rounds / 2; round++) {
      const route = await Rtnl.open({ netns: test.director.name });
      const calls = Array.from({ length: 40 }, (_, index) =>
        route.ensureAddress({ device: 'lo', address: `10.5.${round}.${index + 1}/32` }),
      );
      const all = settle([...calls, route.listLinks(), route.listRoutes()]);
      await moment(random);
      await route.close();
      await all;
    }
    await using route = await Rtnl.open({ netns: test.director.name });
    await route.flushAddresses({ device: 'lo', family: 'ipv4' });
  });

  it('a capture that is closed or aborted ends its loop', async () => {
    const random = randomNumbers(5);
    for (let round = 0; round < rounds / 2; round++) {
      const control = new AbortController();
      const { signal } = control;
      const frames = capture({ device: 'lo', netns: test.director.name, signal });
      const loop = (async (): Promise<void> => {
        for await (const _ of frames);
      })();
      const all = settle([loop, frames.ready()]);
      await moment(random);
      if (random() < 0.5) control.abort();
      await frames.close();
      await all;
    }
  });
});

describe('namespaces and sockets', () => {
  const random = randomNumbers(6);
  beforeAll(() => createNetns('ending'));

  it('that are aborted leave no descriptor', async () => {
    for (let round = 0; round < rounds; round++) {
      const control = new AbortController();
      const opened = openProbeSocket({ netns: 'ending', signal: control.signal });
      await moment(random);
      control.abort();
      const [outcome] = await Promise.allSettled([opened]);
      if (outcome?.status === 'fulfilled') outcome.value.destroy();
      else expect(outcome?.reason.name).toBe('AbortError');
    }
  });
});
