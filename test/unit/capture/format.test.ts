import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Frame } from '../../../src/capture/index.js';
import { formatFrame, frameFormatter } from '../../../src/capture/index.js';
import { corpus as wholeCorpus } from './support/corpus.js';
import { messages } from './support/messages.js';
import { odd } from './support/odd.js';
import { frameOf, pcapFile } from './support/pcap-file.js';

const folder = mkdtempSync(path.join(tmpdir(), 'lvs-format-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What tcpdump prints for the frames; a new line begins with a time. */
function tcpdump(frames: readonly Frame[], ...options: readonly string[]): string[] {
  const file = path.join(folder, 'frames.pcap');
  writeFileSync(file, pcapFile(frames));
  const words = ['-e', '-n', ...options, '-r', file];
  const output = execFileSync('tcpdump', words, {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 2 ** 24,
  });
  return output.trimEnd().split(/\n(?=\d\d:\d\d:\d\d\.|\[Invalid)/);
}

/** Protocols that tcpdump decodes and formatFrame only names. */
const undecoded = ['SCTP'];
const corpus = [...wholeCorpus.filter(([name]) => !undecoded.includes(name)), ...messages];
const frames = corpus.map(([, bytes], index) => frameOf(bytes, index));

describe('formatFrame prints the line of tcpdump -e -n', () => {
  const theirs = tcpdump(frames, '-S');
  test.each(corpus.map(([name], index) => [name, index] as const))('%s', (_, index) => {
    expect(formatFrame(frames[index] as Frame)).toBe(theirs[index]);
  });
});

describe('and for frames that are out of order', () => {
  const theirs = tcpdump(
    odd.map(([, bytes], index) => frameOf(bytes, index)),
    '-S',
  );
  test.each(odd.map(([name, bytes], index) => [name, bytes, index] as const))(
    '%s',
    (_, bytes, index) => {
      expect(formatFrame(frameOf(bytes, index))).toBe(theirs[index]);
    },
  );
});

test('frameFormatter makes sequence numbers relative as tcpdump does', () => {
  expect(frames.map(frameFormatter())).toEqual(tcpdump(frames));
});

test('frames that were cut at any place are printed as tcpdump prints them', () => {
  const oddFrames = odd.map(([, bytes], index) => frameOf(bytes, index));
  const cut = [...frames, ...oddFrames].flatMap((frame) =>
    Array.from({ length: frame.bytes.length - 1 }, (_, index) => ({
      ...frame,
      bytes: frame.bytes.subarray(0, index + 1),
    })),
  );
  const theirs = tcpdump(cut, '-S');
  const different = cut
    .map((frame, index) => [formatFrame(frame), theirs[index]] as const)
    .filter(([ours, their]) => ours !== their);
  expect(different).toEqual([]);
});
