import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Transform } from 'node:stream';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Frame } from '../../../src/capture/index.js';
import {
  CaptureFileError,
  frameFormatter,
  pcapngWriter,
  pcapWriter,
  readFrames,
} from '../../../src/capture/index.js';
import { corpus } from './support/corpus.js';
import { frameOf, pcapFile } from './support/pcap-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'lvs-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plain = corpus
  .filter(([name]) => name !== 'SCTP')
  .map(([, bytes], index) => frameOf(bytes, index, bytes.length + (index % 3)));
const told: Frame[] = plain.map((frame, index) => ({
  ...frame,
  device: index % 2 === 0 ? 'br0' : 'eth1',
  direction: index % 3 === 0 ? 'out' : 'in',
  packetType: index % 3 === 0 ? 'outgoing' : index % 3 === 1 ? 'host' : 'otherHost',
}));

async function written(frames: readonly Frame[], writer: Transform): Promise<Buffer> {
  return Buffer.concat(await Readable.from(frames).pipe(writer).toArray());
}

async function read(file: Uint8Array, chunk = 7): Promise<Frame[]> {
  const frames: Frame[] = [];
  const chunks = function* (): Generator<Uint8Array> {
    for (let at = 0; at < file.length; at += chunk) yield file.subarray(at, at + chunk);
  };
  for await (const frame of readFrames(chunks())) frames.push(frame);
  return frames;
}

/** With the bytes as text: views of different buffers are told apart by vitest. */
function comparable(frames: readonly Frame[]): unknown[] {
  return frames.map((frame) => ({ ...frame, bytes: Buffer.from(frame.bytes).toString('hex') }));
}

function tcpdump(file: Buffer): string[] {
  const name = path.join(folder, 'frames');
  writeFileSync(name, file);
  const output = execFileSync('tcpdump', ['-e', '-n', '-r', name], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return output.trimEnd().split(/\n(?=\d\d:\d\d:\d\d\.)/);
}

describe.each([
  { name: 'pcap', writer: pcapWriter, frames: plain },
  { name: 'pcapng', writer: pcapngWriter, frames: told },
])('$name', ({ writer, frames }) => {
  test('what was written is read back', async () => {
    const file = await written(frames, writer());
    for (const chunk of [1, 7, 100_000]) {
      expect(comparable(await read(file, chunk))).toEqual(comparable(frames));
    }
  });

  test('tcpdump reads it', async () => {
    expect(tcpdump(await written(frames, writer()))).toEqual(frames.map(frameFormatter()));
  });

  test('without frames it is a valid file', async () => {
    const file = await written([], writer());
    expect(await read(file)).toEqual([]);
    expect(tcpdump(file)).toEqual(['']);
  });

  test('a file that ends early gives its whole frames, then an error', async () => {
    const file = await written(frames, writer());
    const seen: Frame[] = [];
    const reading = (async (): Promise<void> => {
      for await (const frame of readFrames([file.subarray(0, -5)])) seen.push(frame);
    })();
    await expect(reading).rejects.toThrow(CaptureFileError);
    expect(seen).toHaveLength(frames.length - 1);
  });

  test('whatever the bytes are, reading ends with frames or with its own error', async () => {
    const file = await written(frames.slice(0, 5), writer());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(file.length),
        async (changes, cut) => {
          const hostile = Uint8Array.from(file);
          for (const [at, value] of changes) hostile[at] = value;
          await read(hostile.subarray(0, hostile.length - (cut % 40)), 1000).catch((error) => {
            expect(error).toBeInstanceOf(CaptureFileError);
          });
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test('files with microseconds and of the other byte order are read', async () => {
  const little = pcapFile(plain.slice(0, 3));
  const big = Buffer.from(little);
  big.subarray(0, 4).reverse();
  for (const [at, length] of fieldsOf(little)) big.subarray(at, at + length).reverse();
  expect(comparable(await read(big))).toEqual(comparable(await read(little)));
  const coarse = Buffer.from(little);
  coarse.writeUInt32LE(0xa1_b2_c3_d4, 0);
  const [frame] = await read(coarse);
  expect(frame?.timestamp).toBe(1_790_000_000_000_000_000n);
});

/** Places and lengths of the numbers in a pcap file behind its first four bytes. */
function fieldsOf(file: Buffer): [at: number, length: number][] {
  const fields: [number, number][] = [
    [4, 2],
    [6, 2],
    [8, 4],
    [12, 4],
    [16, 4],
    [20, 4],
  ];
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) {
    for (const offset of [0, 4, 8, 12]) fields.push([at + offset, 4]);
  }
  return fields;
}

test.each([1, 15])(
  'a file that ends %i bytes behind a frame ends inside the next',
  async (more) => {
    const file = pcapFile(plain.slice(0, 2));
    const end = pcapFile(plain.slice(0, 1)).length;
    await expect(read(file.subarray(0, end + more))).rejects.toThrow(
      'the file ends inside a frame',
    );
    expect(await read(file.subarray(0, end))).toHaveLength(1);
  },
);

test('tcpdump writes what is read', async () => {
  const name = path.join(folder, 'theirs');
  writeFileSync(path.join(folder, 'ours'), await written(plain, pcapWriter()));
  const words = ['-r', path.join(folder, 'ours'), '--nano', '-w', name];
  execFileSync('tcpdump', words, { stdio: 'pipe' });
  expect(comparable(await read(readFileSync(name)))).toEqual(comparable(plain));
});

test('the counts of the capture are kept', async () => {
  const stats = { received: 9, dropped: 4, frozen: 1 };
  const file = await written(told, pcapngWriter({ stats: () => Promise.resolve(stats) }));
  // A block of statistics with two 64-bit numbers is the last one.
  const last = file.subarray(file.length - file.readUInt32LE(file.length - 4));
  expect(last.readUInt32LE(0)).toBe(5);
  expect([last.readBigUInt64LE(24), last.readBigUInt64LE(36)]).toEqual([9n, 4n]);
});

test('counts that cannot be had end the file with that error', async () => {
  const lost = new Error('the capture is gone');
  const writer = pcapngWriter({ stats: () => Promise.reject(lost) });
  await expect(written(told, writer)).rejects.toBe(lost);
});

describe('pcapng files of other programs', () => {
  /** A block of little-endian words, and of bytes that fill words. */
  const block = (type: number, ...parts: readonly (number | Uint8Array)[]): Buffer => {
    const body = Buffer.concat(
      parts.map((part) => {
        if (typeof part !== 'number') return part;
        const word = Buffer.alloc(4);
        word.writeUInt32LE(part);
        return word;
      }),
    );
    const head = Buffer.alloc(8);
    head.writeUInt32LE(type, 0);
    head.writeUInt32LE(body.length + 12, 4);
    return Buffer.concat([head, body, head.subarray(4)]);
  };
  const section = block(0x0a_0d_0d_0a, 0x1a_2b_3c_4d, 1, 0xff_ff_ff_ff, 0xff_ff_ff_ff);
  const frame = Buffer.concat([plain[0]?.bytes ?? Buffer.alloc(0), Buffer.alloc(2)]);

  test('with a clock that begins another day', async () => {
    // Option 14 is seconds to be added; the time stamps themselves are microseconds.
    const offset = Buffer.from([14, 0, 8, 0, 0x10, 0x0e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const packet = block(6, 0, 0, 1_500_000, frame.length, frame.length, frame);
    const file = Buffer.concat([section, block(1, 1, 0, offset), packet]);
    const seen = await read(file);
    expect(seen.map(({ timestamp }) => timestamp)).toEqual([3_601_500_000_000n]);
    expect(tcpdump(file)).toEqual(seen.map(frameFormatter()));
  });

  test('with packets that have no time', async () => {
    const file = Buffer.concat([section, block(1, 1, 0), block(3, frame.length, frame)]);
    const seen = await read(file);
    expect(seen).toMatchObject([{ timestamp: 0n, length: frame.length, linkType: 'ethernet' }]);
    expect(tcpdump(file)).toEqual(seen.map(frameFormatter()));
    const damaged = Buffer.concat([section, block(1, 1, 0), block(3)]);
    await expect(read(damaged)).rejects.toThrow('the file is damaged: packet');
  });
});

test('a frame of the simple kind is as long as the interface let it be', async () => {
  const words = (...values: readonly number[]): Buffer =>
    Buffer.from(Uint32Array.from(values).buffer);
  const section = words(0x0a_0d_0d_0a, 28, 0x1a_2b_3c_4d, 1, 0xff_ff_ff_ff, 0xff_ff_ff_ff, 28);
  const simple = Buffer.concat([words(3, 24, 60), Buffer.from('12345678'), words(24)]);
  for (const [snapLength, expected] of [
    [5, '12345'],
    [0, '12345678'],
  ] as const) {
    const file = Buffer.concat([section, words(1, 20, 1, snapLength, 20), simple]);
    const [frame] = await read(file);
    expect([frame?.length, Buffer.from(frame?.bytes ?? []).toString()]).toEqual([60, expected]);
  }
});

test('a pcap file has one link type', async () => {
  const frames = [...plain, { ...frameOf(new Uint8Array(20)), linkType: 'raw' as const }];
  await expect(written(frames, pcapWriter())).rejects.toThrow(/frame\.linkType must be 'ethernet'/);
});

test('what is no capture file is refused', async () => {
  await expect(read(Buffer.from('hello, world'))).rejects.toThrow('this is no pcap or pcapng file');
  await expect(read(Buffer.from('he'))).rejects.toThrow('too short');
});
