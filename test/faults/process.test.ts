// What the process itself suffers: signals, limits, clocks, children, a kernel that does not answer.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { capture } from '../../src/capture/index.js';
import { Ipvs, IpvsReader } from '../../src/index.js';
import { Rtnl } from '../../src/route/index.js';
import { Sysctl } from '../../src/sysctl/index.js';
import { failureOf, useDirector } from '../kernel/ipvs/support.js';
import { faults } from './support/faults.js';
import { expectNothingLeft, resources } from './support/resources.js';

const test = useDirector();
let ipvs: Ipvs;

beforeAll(async () => {
  ipvs = await test.director.open();
});
afterEach(() => void faults.take());
afterAll(() => console.log(`faults survived: ${faults.survived}`));
expectNothingLeft();

/** Adds services with marks from 1 on, all at once. */
function addMarks(count: number): Promise<PromiseSettledResult<void>[]> {
  const calls = Array.from({ length: count }, (_, index) => ipvs.addService({ fwmark: index + 1 }));
  return Promise.allSettled(calls);
}

describe('EINTR', () => {
  it('at any system call of a handle is nobody else’s concern', async () => {
    await faults.during({ interrupt: 400 }, async () => {
      const outcomes = await addMarks(3000);
      expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
      for (let i = 0; i < 20; i++) {
        const other = await Ipvs.open({ netns: test.director.name });
        await other.getTimeouts();
        await other.close();
      }
      await using reader = await IpvsReader.open({ netns: test.director.name });
      expect(await reader.listServices()).toHaveLength(3000);
      await using sysctl = await Sysctl.open({ netns: test.director.name });
      await sysctl.set('ip_forward', true);
      expect(await sysctl.get('ip_forward')).toBe(true);
      await using route = await Rtnl.open({ netns: test.director.name });
      expect(await route.listLinks()).not.toEqual([]);
    });
    expect(faults.take()).toBeGreaterThan(50);
    expect(test.director.saved()).toHaveLength(3000);
  });

  it('of real signals stays with the main thread', async () => {
    let seen = 0;
    const count = (): void => void seen++;
    process.on('SIGUSR2', count);
    const stop = setInterval(() => process.kill(process.pid, 'SIGUSR2'), 1);
    for (let i = 0; i < 10; i++) {
      await addMarks(500);
      await ipvs.flush();
    }
    clearInterval(stop);
    process.off('SIGUSR2', count);
    expect(seen).toBeGreaterThan(5);
    expect(await ipvs.listServices()).toEqual([]);
  });
});

describe('no memory', () => {
  it('for a large send: it goes in parts', async () => {
    await faults.during({ largestSend: 2000 }, async () => {
      const outcomes = await addMarks(2000);
      expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    });
    expect(faults.take()).toBeGreaterThan(10);
    expect(test.director.saved()).toHaveLength(2000);
  });

  it('now and then: what failed says so and was not done', async () => {
    let outcomes: PromiseSettledResult<void>[] = [];
    // All may go over in the first send, and one of seven is let through.
    for (let refused = 0; refused === 0; refused = faults.take()) {
      await ipvs.flush();
      outcomes = await faults.during({ refuse: 850 }, () => addMarks(300));
    }
    const failed = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    for (const error of failed) {
      expect(error).toMatchObject({ name: 'KernelError', code: 'ENOBUFS' });
      expect(error.message).toContain('the kernel is out of buffers');
    }
    const done = outcomes.flatMap(({ status }, index) =>
      status === 'fulfilled' ? [`-A -f ${index + 1} -s wlc`] : [],
    );
    expect(test.director.saved()).toEqual(done.sort());
  });

  it('at all: reading and opening say so, and all is well afterwards', async () => {
    const { director } = test;
    await faults.during({ refuse: 1000 }, async () => {
      await expect(ipvs.listServices()).rejects.toMatchObject({ code: 'ENOBUFS' });
      await expect(Ipvs.open({ netns: director.name })).rejects.toMatchObject({ code: 'ENOBUFS' });
    });
    expect(await ipvs.listServices()).toEqual([]);
  });
});

/** Opens a file until there is no descriptor left; returns what gives them back. */
function exhaustDescriptors(leave: number): () => void {
  const limit = 400;
  execFileSync('prlimit', [`--pid=${process.pid}`, `--nofile=${limit}:1048576`]);
  const files: number[] = [];
  try {
    while (true) files.push(openSync('/dev/null', 'r'));
  } catch {
    for (const file of files.splice(0, leave)) closeSync(file);
  }
  return () => {
    for (const file of files) closeSync(file);
    execFileSync('prlimit', [`--pid=${process.pid}`, '--nofile=65536:1048576']);
  };
}

describe('no descriptor', () => {
  it.each([0, 1, 2])(
    'but %i: opening says what is missing, an open handle goes on',
    async (leave) => {
      const { director } = test;
      const frames = capture({ device: 'lo', netns: director.name });
      await frames.ready();
      const giveBack = exhaustDescriptors(leave);
      const codes: (string | undefined)[] = [];
      try {
        for (const kind of [Ipvs, Rtnl]) {
          const handle = await kind.open({ netns: director.name }).catch((error) => error);
          codes.push(handle.code);
          if (handle instanceof kind) await handle.close();
          else expect(handle.message).toContain('as many files open as it may');
        }
        await ipvs.addService({ fwmark: 1 });
        expect(await ipvs.listServices()).toHaveLength(1);
      } finally {
        giveBack();
      }
      await frames.close();
      expect(codes).toEqual(leave < 2 ? ['EMFILE', 'EMFILE'] : [undefined, undefined]);
      await (await Ipvs.open({ netns: director.name })).close();
    },
  );

  it('for the new socket that follows a broken listing: the next call has one', async () => {
    await addMarks(300);
    const giveBack = exhaustDescriptors(0);
    try {
      // The descriptor of the old socket is free again, so this works even now.
      await faults.during({ loseAt: 1 }, () => ipvs.listServices());
      expect(await ipvs.listServices()).toHaveLength(300);
    } finally {
      giveBack();
    }
    expect(faults.take()).toBe(1);
  });
});

describe('no thread', () => {
  it('is an error of opening that says so, and leaves nothing behind', async () => {
    const { director } = test;
    await faults.during({ refuseThreads: 1 }, async () => {
      for (let i = 0; i < 20; i++) {
        const error = await failureOf(Ipvs.open({ netns: director.name }));
        expect(error).toMatchObject({ name: 'KernelError', code: 'EAGAIN' });
        expect(error.message).toContain('there may be no more threads');
      }
    });
    expect(faults.take()).toBe(20);
    await (await Ipvs.open({ netns: director.name })).close();
  });
});

describe('a clock that jumps', () => {
  /** Sets the machine's clock, a kernel of the lab's, that many seconds ahead. */
  const jump = (seconds: number): void =>
    void execFileSync('date', ['-s', `@${Math.floor(Date.now() / 1000) + seconds}`]);

  it.each([86_400, -86_400])('by %i s ends no call early, and none late', async (seconds) => {
    jump(seconds);
    const calls = [ipvs.listServices({ timeout: 60_000 }), ipvs.getTimeouts({ timeout: 2000 })];
    jump(-seconds);
    await Promise.all(calls);
    await faults.during({ stuck: 1 }, async () => {
      const call = ipvs.listServices({ timeout: 100 });
      const failure = failureOf(call);
      jump(-seconds);
      expect(await failure).toMatchObject({ code: 'ERR_LVS_TIMEOUT' });
    });
    jump(seconds);
    expect(await ipvs.listServices()).toEqual([]);
  });
});

describe('a kernel that does not answer', () => {
  it('ends every call by its time, while the program goes on', async () => {
    const { director } = test;
    const other = await Ipvs.open({ netns: director.name, timeout: 50 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await faults.during({ stuck: 1 }, async () => {
      const calls = [
        other.addService({ fwmark: 1 }),
        other.addService({ fwmark: 2 }, { timeout: 120 }),
        other.listServices(),
        other.listServices({ signal: AbortSignal.timeout(20) }),
        other.zero(),
      ];
      const codes = (await Promise.allSettled(calls)).map((outcome) =>
        outcome.status === 'rejected' ? (outcome.reason.code ?? outcome.reason.name) : 'done',
      );
      const late = 'ERR_LVS_TIMEOUT';
      expect(codes).toEqual([late, late, late, expect.anything(), late]);
      await expect(Ipvs.open({ netns: director.name, timeout: 50 })).rejects.toMatchObject({
        code: late,
      });
      const closing = other.close();
      await expect(closing).rejects.toMatchObject({ code: late });
      expect(ticks).toBeGreaterThan(5);
    });
    clearInterval(timer);
    await other.close().catch(() => undefined);
    // The thread ends by itself. What it had handed over was done, if not all of the batch.
    await vi.waitFor(async () => {
      const services = await ipvs.listServices();
      const marks = services.map((service) => ('fwmark' in service ? service.fwmark : 0));
      expect([[1], [1, 2]]).toContainEqual(marks.sort());
    });
  });

  it('is waited for by close, which ends with it', async () => {
    const other = await Ipvs.open({ netns: test.director.name });
    faults.set('stuck', 1);
    const call = other.addService({ fwmark: 7 });
    const closing = other.close();
    await delay(30);
    faults.set('stuck', 0);
    await Promise.all([call, closing]);
    expect(test.director.saved()).toEqual(['-A -f 7 -s wlc']);
  });
});

describe('children', () => {
  it('get none of the descriptors, and keep no ring of a capture', async () => {
    const { director } = test;
    const frames = capture({ device: 'lo', netns: director.name });
    await frames.ready();
    // `dc`: not copied by a fork (proc(5)). A child would keep the ring beyond the socket's end.
    const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/(?=^[0-9a-f]+-[0-9a-f]+ )/m);
    const rings = mappings.filter((mapping) => mapping.includes('socket:['));
    expect(rings).toHaveLength(1);
    expect(rings[0]).toMatch(/^VmFlags:.* dc/m);
    const handles = await Promise.all(Array.from({ length: 10 }, () => director.open()));
    const script = 'ls -l /proc/self/fd | grep -cE "socket|eventfd|netns"; true';
    for (let i = 0; i < 5; i++) {
      const calls = handles.map((handle) => handle.listServices());
      // The shell's own pipes are sockets: those of stdin, stdout and stderr.
      const child = spawn('sh', ['-c', `exec </dev/null 2>/dev/null; ${script}`], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [text] = await once(child.stdout, 'data');
      expect(Number(text)).toBeLessThanOrEqual(1);
      await Promise.all(calls);
    }
    await Promise.all(handles.map((handle) => handle.close()));
    await frames.close();
  });

  it('that are started all the time hinder nothing', async () => {
    const before = resources();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const child = spawn('sh', ['-c', 'sleep 0.05'], { stdio: 'ignore' });
        const closed = once(child, 'close');
        const handle = await Ipvs.open({ netns: test.director.name });
        await handle.addService({ fwmark: index + 1 });
        await handle.close();
        await closed;
        return readdirSync('/proc/self/fd').length;
      }),
    );
    expect(outcomes).toHaveLength(12);
    expect(test.director.saved()).toHaveLength(12);
    expect(resources().descriptors).toBe(before.descriptors);
  });
});
