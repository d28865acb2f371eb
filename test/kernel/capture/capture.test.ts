import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Capture, CaptureOptions, Frame } from '../../../src/capture/index.js';
import { capture } from '../../../src/capture/index.js';
import { createNetns, removeNetns } from '../../../src/netns/index.js';
import { ethernet, hex, ipv4, tag, text, udp } from '../../unit/capture/support/build.js';
import { makeCable, removeCable, run, Sender } from './support/wire.js';

const plain = ethernet(0x08_00, ipv4(17, udp(1111, 53)));
const tagged = ethernet(0x81_00, tag(0x60_64, 0x08_00, ipv4(17, udp(1111, 53))));
const serviceTag = ethernet(0x88_a8, tag(7, 0x81_00, tag(8, 0x08_00, ipv4(17, udp(1, 2)))));

const sender = new Sender();
beforeAll(() => makeCable('near', 'far'));
afterAll(() => {
  sender[Symbol.dispose]();
  removeCable('near');
});

/** What a capture sees of what `action` sends, until it is closed right behind it. */
async function seen(
  options: Partial<CaptureOptions>,
  action: () => Promise<void>,
): Promise<Frame[]> {
  const frames = capture({ device: 'far', ...options });
  await frames.ready();
  await action();
  await frames.close();
  return await collect(frames);
}

async function collect(frames: Capture): Promise<Frame[]> {
  const list: Frame[] = [];
  for await (const frame of frames) list.push(frame);
  return list;
}

describe.each([{ immediate: false }, { immediate: true }])('with $immediate', ({ immediate }) => {
  test('frames are the bytes that were sent, with their VLAN tags in place', async () => {
    const sent = [plain, tagged, serviceTag];
    const before = BigInt(Date.now()) * 1_000_000n;
    const frames = await seen({ immediate }, () => sender.send('near', sent));
    expect(frames.map((frame) => hex(frame.bytes))).toEqual(sent.map(hex));
    expect(frames.map((frame) => frame.length)).toEqual(sent.map((frame) => frame.length));
    for (const frame of frames) {
      expect(frame).toMatchObject({ device: 'far', linkType: 'ethernet', direction: 'in' });
      expect(frame.packetType).toBe('otherHost');
      expect(frame.timestamp - before).toBeGreaterThanOrEqual(-1_000_000n);
      expect(frame.timestamp - before).toBeLessThan(60_000_000_000n);
    }
  });

  test('nothing that came in is lost at close', async () => {
    const frames = capture({ device: 'far', immediate, snapLength: 200 });
    await frames.ready();
    await sender.send('near', [plain], 3000);
    await frames.close();
    expect(await frames.stats()).toEqual({ received: 3000, dropped: 0, frozen: 0 });
    expect(await collect(frames)).toHaveLength(3000);
  });

  test('few frames that nobody reads for long are kept', async () => {
    const frames = capture({ device: 'far', immediate, bufferSize: 524_288 });
    await frames.ready();
    for (let i = 0; i < 12; i++) {
      await sender.send('near', [plain]);
      await wait(110);
    }
    await frames.close();
    expect(await frames.stats()).toEqual({ received: 12, dropped: 0, frozen: 0 });
    expect(await collect(frames)).toHaveLength(12);
  });

  test('what nobody reads is dropped, and counted exactly', async () => {
    const large = ethernet(0x08_00, ipv4(17, udp(1, 2, text('x'.repeat(1000)))));
    const frames = capture({ device: 'far', immediate, bufferSize: 524_288 });
    await frames.ready();
    await sender.send('near', [large], 2000);
    const { received, dropped } = await frames.stats();
    expect(received).toBe(2000);
    expect(dropped).toBeGreaterThan(0);
    await frames.close();
    expect(await collect(frames)).toHaveLength(2000 - dropped);
  });

  test('snapLength cuts, a tag included, and the length stays that of the wire', async () => {
    const [frame] = await seen({ immediate, snapLength: 15 }, () => sender.send('near', [tagged]));
    expect(hex(frame?.bytes ?? plain)).toBe(hex(tagged.subarray(0, 15)));
    expect(frame?.length).toBe(tagged.length);
  });

  test('direction tells and chooses', async () => {
    const both = async (): Promise<void> => {
      await sender.send('near', [plain]);
      await sender.send('far', [tagged]);
    };
    const directions = async (options: Partial<CaptureOptions>): Promise<unknown[]> => {
      const frames = await seen({ immediate, ...options }, both);
      return frames.map((frame) => [frame.direction, frame.packetType]);
    };
    expect(await directions({})).toEqual([
      ['in', 'otherHost'],
      ['out', 'outgoing'],
    ]);
    expect(await directions({ direction: 'in' })).toEqual([['in', 'otherHost']]);
    expect(await directions({ direction: 'out' })).toEqual([['out', 'outgoing']]);
    const filtered = { direction: 'out', filter: { vlan: false } } as const;
    expect(await directions(filtered)).toEqual([]);
  });
});

test('immediate frames arrive while the capture runs', async () => {
  const frames = capture({ device: 'far', immediate: true });
  await frames.ready();
  const iterator = frames[Symbol.asyncIterator]();
  for (const frame of [plain, tagged, plain]) {
    await sender.send('near', [frame]);
    expect(hex((await iterator.next()).value?.bytes ?? serviceTag)).toBe(hex(frame));
  }
  await iterator.return?.();
});

test('a slow reader gets everything the ring could hold, in order', async () => {
  const frames = capture({ device: 'far' });
  await frames.ready();
  const numbers = Array.from({ length: 500 }, (_, index) =>
    ethernet(0x08_00, ipv4(17, udp(index, 9))),
  );
  await sender.send('near', numbers, 4);
  const ports: number[] = [];
  for await (const batch of frames.batches()) {
    await wait(5);
    for (const { bytes } of batch) ports.push(((bytes[34] ?? 0) << 8) | (bytes[35] ?? 0));
    if (ports.length === 2000) break;
  }
  const once = Array.from({ length: 500 }, (_, index) => index);
  expect(ports).toEqual([...once, ...once, ...once, ...once]);
  expect(await frames.stats()).toEqual({ received: 2000, dropped: 0, frozen: 0 });
});

test('several captures run at once, each with its own filter', async () => {
  const filters = [{ vlan: 100 }, { vlan: false }, { port: 53 }, { port: 54 }] as const;
  const captures = filters.map((filter) => capture({ device: 'far', filter }));
  await Promise.all(captures.map((each) => each.ready()));
  await sender.send('near', [plain, tagged], 5);
  await Promise.all(captures.map((each) => each.close()));
  const counts = await Promise.all(captures.map(async (each) => (await collect(each)).length));
  expect(counts).toEqual([5, 5, 10, 0]);
});

test('the loop ends behind the last frame when the capture is closed inside it', async () => {
  const frames = capture({ device: 'far' });
  await frames.ready();
  await sender.send('near', [plain], 10);
  let count = 0;
  for await (const _ of frames) {
    if (count++ === 0) await frames.close();
  }
  expect(count).toBe(10);
});

test('a loop may go on where single frames were taken', async () => {
  const frames = capture({ device: 'far' });
  await frames.ready();
  await sender.send('near', [plain, tagged, plain]);
  await frames.close();
  const iterator = frames[Symbol.asyncIterator]();
  expect(hex((await iterator.next()).value?.bytes ?? serviceTag)).toBe(hex(plain));
  const rest: string[] = [];
  for await (const frame of iterator) rest.push(hex(frame.bytes));
  expect(rest).toEqual([tagged, plain].map(hex));
});

test('it shows itself as open once it is, and as closed', async () => {
  const frames = capture({ device: 'far' });
  expect(inspect(frames)).toBe("Capture { device: 'far', open: false }");
  await frames.ready();
  expect(inspect(frames)).toMatch(
    /^Capture \{ id: \d+, device: 'far', open: true, inFlight: \d+ \}$/,
  );
  await frames.close();
  expect(inspect(frames)).toContain('open: false, inFlight: 0');
});

test('leaving the loop ends the capture', async () => {
  const frames = capture({ device: 'far', immediate: true });
  await frames.ready();
  await sender.send('near', [plain, plain]);
  for await (const _ of frames) break;
  await frames.close();
  expect((await frames.stats()).received).toBe(2);
});

test('a signal ends the loop with its reason', async () => {
  const control = new AbortController();
  const frames = capture({ device: 'far', signal: control.signal });
  await frames.ready();
  const reading = collect(frames);
  setTimeout(() => control.abort(new Error('enough')), 20);
  await expect(reading).rejects.toThrow('enough');
  await frames.close();
  expect(() => capture({ device: 'far', signal: control.signal })).toThrow('enough');
});

test('a device that does not exist is an error that says so', async () => {
  const frames = capture({ device: 'none0' });
  const problem = { code: 'ENODEV', syscall: 'ioctl', object: 'none0' };
  await expect(frames.ready()).rejects.toMatchObject(problem);
  await expect(collect(frames)).rejects.toMatchObject(problem);
  await frames.close();
});

test('a device that is removed ends the capture behind its last frame', async () => {
  makeCable('near1', 'far1');
  const frames = capture({ device: 'far1' });
  await frames.ready();
  await sender.send('near1', [plain]);
  const list: Frame[] = [];
  const reading = (async (): Promise<void> => {
    for await (const frame of frames) list.push(frame);
  })();
  removeCable('near1');
  await expect(reading).rejects.toMatchObject({ code: 'ENODEV' });
  expect(list).toHaveLength(1);
});

test('a device that is removed after it was set down ends the capture too', async () => {
  makeCable('near1', 'far1');
  const frames = capture({ device: 'far1' });
  await frames.ready();
  const reading = collect(frames);
  reading.catch(() => undefined);
  run('ip', 'link', 'set', 'far1', 'down');
  await wait(100);
  removeCable('near1');
  await expect(reading).rejects.toMatchObject({ code: 'ENODEV' });
});

test('a device that is down and comes up is captured on', async () => {
  run('ip', 'link', 'set', 'far', 'down');
  const frames = capture({ device: 'far' });
  await frames.ready();
  run('ip', 'link', 'set', 'far', 'up');
  await wait(100);
  await sender.send('near', [plain]);
  await frames.close();
  expect(await collect(frames)).toHaveLength(1);
});

test('a program that the kernel refuses is an error', async () => {
  const frames = capture({ device: 'far', filter: '1\n21 9 9 0\n' });
  await expect(frames.ready()).rejects.toMatchObject({ code: 'EINVAL', syscall: 'setsockopt' });
});

test('frames of a tunnel device begin with their IP header', async () => {
  run('ip', 'link', 'add', 'tunnel', 'type', 'ipip', 'local', '10.9.0.1', 'remote', '10.9.0.2');
  run('ip', 'link', 'set', 'tunnel', 'up');
  const inner = ipv4(17, udp(1111, 53));
  const filter = { port: 53, destination: '10.0.0.2' } as const;
  const frames = await seen({ device: 'tunnel', filter }, () =>
    sender.send('tunnel', [ipv4(17, udp(1111, 54)), inner]),
  );
  run('ip', 'link', 'delete', 'tunnel');
  expect(frames).toMatchObject([{ linkType: 'raw', direction: 'out' }]);
  expect(frames.map((frame) => hex(frame.bytes))).toEqual([hex(inner)]);
});

test('another namespace is captured in', async () => {
  await createNetns('capture-test');
  run(
    'ip',
    'link',
    'add',
    'here',
    'type',
    'veth',
    'peer',
    'name',
    'there',
    'netns',
    'capture-test',
  );
  run('ip', 'link', 'set', 'here', 'up');
  run('ip', '-n', 'capture-test', 'link', 'set', 'there', 'up');
  const frames = await seen({ device: 'there', netns: 'capture-test', filter: { port: 53 } }, () =>
    sender.send('here', [plain]),
  );
  expect(frames.map((frame) => hex(frame.bytes))).toEqual([hex(plain)]);
  await removeNetns('capture-test');
});
