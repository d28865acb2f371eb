import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { capture, readFrames } from '../../../src/capture/index.js';
import { ethernet, hex, ipv4, tag, udp } from '../../unit/capture/support/build.js';
import { makeCable, removeCable, Sender } from './support/wire.js';

/** Resolves when dumpcap has told the file's name: it listens by then. */
async function begun(output: Readable): Promise<void> {
  let text = '';
  output.on('data', (data) => {
    text += data;
  });
  while (!text.includes('File: ')) await once(output, 'data');
}

test('dumpcap and capture() see the same frames, at the same nanosecond', async () => {
  makeCable('near', 'far');
  using sender = new Sender();
  const folder = mkdtempSync(path.join(tmpdir(), 'lvs-dumpcap-'));
  const file = path.join(folder, 'theirs.pcapng');
  const sent = [
    ...Array.from({ length: 99 }, (_, index) => ethernet(0x08_00, ipv4(17, udp(index, 53)))),
    ethernet(0x81_00, tag(0x60_64, 0x08_00, ipv4(17, udp(99, 53)))),
  ];
  const frames = await capture({ device: 'far' }).ready();
  const dumpcap = spawn('dumpcap', ['-q', '-i', 'far', '-c', `${sent.length}`, '-w', file]);
  const ended = once(dumpcap, 'close');
  await begun(dumpcap.stderr);
  await sender.send('near', sent);
  await ended;
  await frames.close();
  const seen = await Readable.from(frames).toArray();
  const theirs = await Readable.from(readFrames([readFileSync(file)])).toArray();
  const essence = seen.map(({ timestamp, length, bytes, device }) => [
    timestamp,
    length,
    hex(bytes),
    device,
  ]);
  expect(essence.map(([, , bytes]) => bytes)).toEqual(sent.map(hex));
  expect(
    theirs.map(({ timestamp, length, bytes, device }) => [timestamp, length, hex(bytes), device]),
  ).toEqual(essence);
  rmSync(folder, { recursive: true });
  removeCable('near');
});
