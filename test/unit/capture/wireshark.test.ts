// Wireshark's programs read what pcapngWriter writes, and readFrames reads what they write.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Frame, PacketType } from '../../../src/capture/index.js';
import { pcapngWriter, readFrames } from '../../../src/capture/index.js';
import { corpus } from './support/corpus.js';
import { frameOf } from './support/pcap-file.js';

// Each of these programs takes a second to start, and more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(path.join(tmpdir(), 'lvs-wireshark-'));
const inFolder = (name: string): string => path.join(folder, name);
const ours = inFolder('ours.pcapng');

const packetTypes: readonly PacketType[] = ['host', 'multicast', 'broadcast', 'otherHost'];
/** Of three devices, one of which has no Ethernet; some are cut. */
const frames: readonly Frame[] = corpus.map(([, bytes], index) => {
  const out = index % 5 === 0;
  const isRaw = index % 7 === 0 && bytes[12] === 0x08 && bytes[13] === 0;
  const from = frameOf(isRaw ? bytes.subarray(14) : bytes, index);
  return {
    ...from,
    timestamp: 1_790_000_000_999_999_990n + BigInt(index) * 1_000_000_007n,
    length: from.bytes.length + (index % 3) * 1000,
    device: isRaw ? 'tunl0' : index % 2 === 0 ? 'br0' : 'a-name-of-15-by',
    linkType: isRaw ? 'raw' : 'ethernet',
    direction: out ? 'out' : 'in',
    packetType: out ? 'outgoing' : packetTypes[index % 4],
  };
});
const stats = { received: 5_000_000_000, dropped: 4_999_999_999, frozen: 1 };

function tool(name: string, ...words: readonly string[]): string {
  return execFileSync(name, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What tshark says of each frame. */
function fields(file: string, ...names: readonly string[]): string[][] {
  const wanted = names.flatMap((name) => ['-e', name]);
  const lines = tool('tshark', '-n', '-r', file, '-T', 'fields', ...wanted)
    .trimEnd()
    .split('\n');
  return lines.map((line) => line.split('\t'));
}

async function read(file: string): Promise<Frame[]> {
  return await Readable.from(readFrames([readFileSync(file)])).toArray();
}

/** What every file keeps, in words. */
function essence({ timestamp, length, bytes, linkType }: Frame): unknown {
  return { timestamp, length, bytes: Buffer.from(bytes).toString('hex'), linkType };
}

const seconds = ({ timestamp }: Frame): string =>
  `${timestamp / 1_000_000_000n}.${(timestamp % 1_000_000_000n).toString().padStart(9, '0')}`;

beforeAll(async () => {
  const writer = pcapngWriter({ stats: () => stats });
  writeFileSync(ours, Buffer.concat(await Readable.from(frames).pipe(writer).toArray()));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('tshark', () => {
  test('finds each frame with its time, lengths, device and direction', () => {
    const receptions = { outgoing: '0', host: '1', multicast: '2', broadcast: '3', otherHost: '4' };
    const names = ['time_epoch', 'len', 'cap_len', 'interface_name', 'packet_flags_direction'];
    const more = [...names, 'packet_flags_reception_type', 'encap_type'];
    expect(fields(ours, ...more.map((name) => `frame.${name}`))).toEqual(
      frames.map((frame) => [
        seconds(frame),
        `${frame.length}`,
        `${frame.bytes.length}`,
        frame.device,
        frame.direction === 'in' ? '0x00000001' : '0x00000002',
        receptions[frame.packetType ?? 'host'],
        frame.linkType === 'raw' ? '7' : '1',
      ]),
    );
  });

  test('finds the counts of the capture', () => {
    const options = 'pcapng.options.option.data.interface';
    const words = ['-r', ours, '-X', 'read_format:MIME Files Format', '-T', 'fields'];
    const counts = ['-e', `${options}.received`, '-e', `${options}.dropped`];
    expect(tool('tshark', ...words, ...counts).trim()).toBe('5000000000\t4999999999');
  });

  test('finds nothing wrong with the file', () => {
    const words = ['-r', ours, '-X', 'read_format:MIME Files Format', '-T', 'fields'];
    expect(tool('tshark', ...words, '-e', '_ws.expert.message').trim()).toBe('');
  });
});

test('capinfos counts the frames of each device', () => {
  const report = tool('capinfos', '-M', ours);
  const found = report.matchAll(
    /Name = (\S+)\n.*\n.*\n *Time precision = (\w+) .*\n(?:.*\n)*? *Number of packets = (\d+)/g,
  );
  const count = (device: string): number => frames.filter((one) => one.device === device).length;
  const devices = [...new Set(frames.map(({ device }) => device ?? ''))];
  expect([...found].map(([, ...words]) => words)).toEqual(
    devices.map((device) => [device, 'nanoseconds', `${count(device)}`]),
  );
});

describe('readFrames reads', () => {
  test.each([
    { what: 'what tshark writes', words: ['tshark', '-r', ours, '-w'] },
    { what: 'what editcap writes', words: ['editcap', ours] },
    { what: 'frames with comments', words: ['editcap', '-a', '2:a comment', ours] },
    { what: 'a file with secrets', words: ['editcap', '--inject-secrets', 'tls,KEYS', ours] },
  ])('$what, all of it', async ({ what, words: [program = '', ...words] }) => {
    const file = inFolder(`${what}.pcapng`);
    writeFileSync(inFolder('keys'), `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n`);
    const told = words.map((word) => word.replace('KEYS', inFolder('keys')));
    tool(program, ...told, file);
    const list = await read(file);
    expect(list.map(essence)).toEqual(frames.map(essence));
    const about = ({ device, direction, packetType }: Frame): unknown => [
      device,
      direction,
      packetType,
    ];
    expect(list.map(about)).toEqual(frames.map(about));
  });

  test('what mergecap puts together', async () => {
    const file = inFolder('merged.pcapng');
    tool('mergecap', '-w', file, ours, ours);
    const twice = frames.flatMap((frame) => [frame, frame]);
    expect((await read(file)).map(essence)).toEqual(twice.map(essence));
  });

  test.each([
    { format: 'nsecpcap', unit: 1n },
    { format: 'pcap', unit: 1000n },
  ])('what editcap writes as $format', async ({ format, unit }) => {
    const file = inFolder(format);
    const cooked = frames.filter(({ linkType }) => linkType === 'ethernet');
    const source = inFolder(`ethernet-${format}.pcapng`);
    writeFileSync(
      source,
      Buffer.concat(await Readable.from(cooked).pipe(pcapngWriter()).toArray()),
    );
    tool('editcap', '-F', format, source, file);
    const expected = cooked.map((frame) =>
      essence({ ...frame, timestamp: (frame.timestamp / unit) * unit }),
    );
    expect((await read(file)).map(essence)).toEqual(expected);
  });

  test('what editcap cuts', async () => {
    const file = inFolder('cut.pcapng');
    tool('editcap', '-s', '30', ours, file);
    const cut = frames.map((frame) => essence({ ...frame, bytes: frame.bytes.subarray(0, 30) }));
    expect((await read(file)).map(essence)).toEqual(cut);
  });

  test('what text2pcap writes', async () => {
    const file = inFolder('text.pcapng');
    const bytes = Buffer.from(corpus[0]?.[1] ?? []);
    const dump = `000000 ${bytes.toString('hex').replace(/../g, '$& ')}\n`;
    writeFileSync(inFolder('text'), dump);
    tool('text2pcap', inFolder('text'), file);
    expect((await read(file)).map((frame) => Buffer.from(frame.bytes))).toEqual([bytes]);
  });
});
