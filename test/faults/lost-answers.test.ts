// Answers of the kernel that get lost on their way, at any point of a large batch.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ipvs } from '../../src/index.js';
import { Rtnl } from '../../src/route/index.js';
import { linesOf, useDirector } from '../kernel/ipvs/support.js';
import { faults } from './support/faults.js';

const batchSize = 10_000;
const services = 200;
/** Beside the services that there are, calls name one that there is not. */
const absent = 'tcp://10.0.0.1:60000';

const test = useDirector();
let ipvs: Ipvs;

beforeAll(async () => {
  ipvs = await test.director.open();
});
afterEach(() => void faults.take());
afterAll(() => console.log(`faults survived: ${faults.survived}`));

/** One call of the batch, what its answer may be, and what is then in the kernel. */
interface Call {
  readonly act: () => Promise<unknown>;
  /** Codes it may reject with. */
  readonly codes: readonly string[];
  /** Whether it may succeed. */
  readonly good: boolean;
  /** The line of `ipvsadm -Sn` that is there if it succeeded. */
  readonly line?: string;
}

const serviceOf = (index: number): string => `tcp://10.0.0.1:${(index % services) + 1}`;
const addressOf = (index: number): string =>
  `10.1.${Math.floor(index / services)}.${(index % services) + 1}`;

/** Additions, most of them new, and among them twins, strangers and readings. */
function callOf(index: number): Call {
  const service = serviceOf(index);
  const address = addressOf(index);
  if (index % 50 === 10) {
    return { act: () => ipvs.addDest(absent, address), codes: ['ESRCH'], good: false };
  }
  if (index % 50 === 20) {
    return { act: () => ipvs.addDest(service, '224.0.0.1'), codes: ['EINVAL'], good: false };
  }
  if (index % 50 === 30) {
    // A lost refusal of a twin is a success: what was asked for is there.
    return { act: () => ipvs.addDest(service, '10.2.0.1'), codes: ['EEXIST'], good: true };
  }
  // A reading ends the group of messages that share a send, so there are few.
  if (index % 5000 === 4040) {
    return {
      act: async () => expect(await ipvs.getDest(service, '10.2.0.1')).toBeDefined(),
      codes: [],
      good: true,
    };
  }
  const port = (index % services) + 1;
  return {
    act: () => ipvs.addDest(service, address),
    codes: [],
    good: true,
    line: `-a -t 10.0.0.1:${port} -r ${address}:${port} -g -w 1`,
  };
}

/** Runs the batch and compares each answer with what ipvsadm then sees. Returns what stayed open. */
async function runBatch(size: number): Promise<number> {
  const calls = Array.from({ length: size }, (_, index) => callOf(index));
  const outcomes = await Promise.allSettled(calls.map(({ act }) => act()));
  const seen = new Set(linesOf(test.director.ipvsadm('-Sn')));
  let unknown = 0;
  for (const [index, { codes, good, line }] of calls.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === 'fulfilled') {
      if (!good) throw new Error(`call ${index} succeeded`);
      if (line !== undefined && !seen.delete(line)) throw new Error(`${line} is not there`);
    } else if (outcome?.reason.code === 'ERR_LVS_UNKNOWN_OUTCOME') {
      unknown++;
      seen.delete(line ?? '');
    } else if (!codes.includes(outcome?.reason.code)) {
      throw new Error(`call ${index} was rejected`, { cause: outcome?.reason });
    }
  }
  const left = [...seen].filter((line) => line.startsWith('-a') && !line.includes('10.2.0.1'));
  expect(left).toEqual([]);
  return unknown;
}

async function prepare(): Promise<void> {
  const names = Array.from({ length: services }, (_, index) => serviceOf(index));
  const ports = names.map((_, index) => index + 1);
  await Promise.all(
    ports.map((port) => ipvs.addService({ protocol: 'tcp', address: '10.0.0.1', port })),
  );
  await Promise.all(names.map((name) => ipvs.addDest(name, '10.2.0.1')));
}

describe(`a batch of ${batchSize} calls`, () => {
  // There are more than a hundred receives in the batch.
  it.each([1, 2, 7, 20, 45, 70, 95])(
    'of which receive %i loses what was queued',
    async (loseAt) => {
      await prepare();
      const unknown = await faults.during({ loseAt }, () => runBatch(batchSize));
      expect(faults.take()).toBe(1);
      expect(unknown).toBe(0);
    },
  );

  it('whose receive buffer overruns in the kernel', async () => {
    await prepare();
    await faults.during({ smallBuffer: 1 }, async () => {
      // A listing that breaks off makes the handle take a new socket.
      ipvs = await test.director.open();
      await runBatch(batchSize);
    });
    expect(faults.take()).toBeGreaterThan(0);
    // The last column but one: messages for which the kernel found no room.
    const [, ...sockets] = linesOf(test.director.run('cat', ['/proc/net/netlink']));
    const drops = sockets.map((line) => Number(line.trim().split(/\s+/).at(-2)));
    expect(Math.max(...drops)).toBeGreaterThan(100);
    ipvs = await test.director.open();
  });
});

describe('any number of lost answers', () => {
  it.each([200, 500, 800])('%i of 1000 receives, settles every call', async (lose) => {
    await prepare();
    await faults.during({ lose }, () => runBatch(2000));
    expect(faults.take()).toBeGreaterThan(0);
    expect(await ipvs.listServices()).toHaveLength(services);
  });

  it('all of them: what was done is not known, and each call says so', async () => {
    await prepare();
    await faults.during({ mute: 1 }, async () => {
      await expect(ipvs.addService({ fwmark: 1 })).rejects.toMatchObject({
        code: 'ERR_LVS_UNKNOWN_OUTCOME',
      });
      await expect(ipvs.listServices()).rejects.toMatchObject({ code: 'ERR_LVS_UNKNOWN_OUTCOME' });
    });
    expect(await ipvs.getService('fwmark:1')).toBeDefined();
    expect(test.director.saved()).toContain('-A -f 1 -s wlc');
  });
});

describe('addresses', () => {
  it.each([200, 600])('%i of 1000 receives lost, are those that ip shows', async (lose) => {
    const { director } = test;
    await using route = await Rtnl.open({ netns: director.name });
    const addresses = Array.from({ length: 500 }, (_, index) => `10.8.${index % 250}.${index}`)
      .map((text) => text.replace(/\.(\d+)$/, (_, last) => `.${Number(last) % 250}`))
      .map((text) => `${text}/32`);
    const outcomes = await faults.during({ lose }, () =>
      Promise.allSettled(addresses.map((address) => route.addAddress({ device: 'lo', address }))),
    );
    const shown = JSON.parse(director.run('ip', ['-j', '-4', 'address', 'show', 'dev', 'lo']));
    const there = new Set(
      shown[0].addr_info.map(
        ({ local, prefixlen }: { local: string; prefixlen: number }) => `${local}/${prefixlen}`,
      ),
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') expect(there).toContain(addresses[index]);
      else expect(['ERR_LVS_UNKNOWN_OUTCOME', 'EEXIST']).toContain(outcome.reason.code);
    }
    await route.flushAddresses({ device: 'lo', family: 'ipv4' });
  });
});
