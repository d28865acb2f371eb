import { readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { runProgram, useDirector } from './support.js';

const test = useDirector();

/** Descriptors and threads of this process. */
function resources(): { descriptors: number; threads: number } {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
  };
}

/** Runs a program that has to end by itself, without a word on stderr. */
function outputOf(source: string, node: string[] = []): string {
  const { status, output, errors } = runProgram(source, { node });
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  return output.trim();
}

const open = (): string => `const ipvs = await Ipvs.open({ netns: '${test.director.name}' });`;

/** For programs: what /proc says of this process's threads and sockets. */
const count = `
  import { readdirSync } from 'node:fs';
  const count = () => ['fd', 'task'].map((folder) => readdirSync('/proc/self/' + folder).length).join();`;

describe('a handle', () => {
  it('opened and closed many times leaves neither descriptor nor thread', async () => {
    for (let i = 0; i < 3; i++) await (await test.director.open()).close();
    const before = resources();
    for (let i = 0; i < 200; i++) {
      const ipvs = await test.director.open();
      if (i % 2 === 0) await ipvs.listServices();
      await ipvs.close();
    }
    // A thread that has been waited for is still listed for a moment.
    await vi.waitFor(() => expect(resources()).toEqual(before), { timeout: 10_000 });
  });

  it('that could not be opened leaves none either', () => {
    const seen = outputOf(`${count}
      const fail = async (times) => {
        for (let i = 0; i < times; i++) await Ipvs.open({ netns: 'nowhere' }).catch(() => 0);
        // A thread ends just after the last word that its handle hears of it.
        await new Promise((resolve) => setTimeout(resolve, 200));
        return count();
      };
      const before = await fail(1);
      const after = await fail(50);
      console.log(before === after ? 'same' : before + ' then ' + after);`);
    expect(seen).toBe('same');
  }, 60_000);

  it('that is idle lets the process end', () => {
    expect(outputOf(`${open()} await ipvs.listServices(); console.log('done');`)).toBe('done');
  });

  it('keeps the process until what is in flight is answered', () => {
    const source = `${open()} ipvs.listServices().then((list) => console.log(list.length));`;
    expect(outputOf(source)).toBe('0');
  });

  it('does not hinder process.exit while something is in flight', () => {
    const source = `${open()}
      for (let i = 1; i < 2000; i++) ipvs.addService({ fwmark: i }).catch(() => 0);
      setImmediate(() => { console.log('exit'); process.exit(0); });`;
    expect(outputOf(source)).toBe('exit');
  });

  it('is closed at the end of its scope, with what was in flight answered', async () => {
    const { director, ipvs } = test;
    const scoped = await director.open();
    const call = scoped.addService({ fwmark: 1 });
    const listing = scoped.listServices();
    await scoped[Symbol.asyncDispose]();
    await call;
    expect(await listing).toHaveLength(1);
    expect(await ipvs.listServices()).toHaveLength(1);
  });

  it('closed in the middle of a listing ends it with an error', async () => {
    const scoped = await test.director.open();
    const calls = Array.from({ length: 500 }, (_, index) =>
      scoped.addService({ fwmark: index + 1 }),
    );
    await Promise.all(calls);
    const first = scoped.listConnections();
    await scoped.close();
    await expect(first.next()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' });
  });

  it('that is forgotten is collected, and its thread ends', () => {
    const seen = outputOf(
      `${count}
      const use = async () => {
        const ipvs = await Ipvs.open({ netns: '${test.director.name}' });
        await ipvs.listServices();
      };
      await use();
      const settle = async () => {
        for (let i = 0; i < 8; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
      };
      await settle();
      const before = count();
      for (let i = 0; i < 10; i++) await use();
      await settle();
      console.log(before === count() ? 'same' : before + ' then ' + count());`,
      ['--expose-gc'],
    );
    expect(seen).toBe('same');
  }, 60_000);

  it('is not collected while a call is in flight', () => {
    const seen = outputOf(
      `let list = (await Ipvs.open({ netns: '${test.director.name}' })).listServices();
      gc();
      console.log(Array.isArray(await list));`,
      ['--expose-gc'],
    );
    expect(seen).toBe('true');
  });

  it('shows itself as open or closed', () => {
    const source = `import { inspect } from 'node:util'; ${open()}
      const call = ipvs.info();
      console.log(inspect(ipvs)); await call; await ipvs.close(); console.log(inspect(ipvs));`;
    const place = `id: 1, netns: '${test.director.name}'`;
    expect(outputOf(source)).toBe(
      `Ipvs { ${place}, open: true, inFlight: 1 }\nIpvs { ${place}, open: false, inFlight: 0 }`,
    );
  });
});
