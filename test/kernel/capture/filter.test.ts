import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Filter } from '../../../src/capture/index.js';
import { capture } from '../../../src/capture/index.js';
import { hex } from '../../unit/capture/support/build.js';
import { corpus } from '../../unit/capture/support/corpus.js';
import { comparable } from '../../unit/capture/support/filters.js';
import { makeCable, removeCable, Sender } from './support/wire.js';

const sender = new Sender();
beforeAll(() => makeCable('near', 'far'));
afterAll(() => {
  sender[Symbol.dispose]();
  removeCable('near');
});

/** The frame of the corpus that has two tags, which tcpdump's expressions don't look behind. */
const doubleTagged = 'two tags';
const frames = corpus.filter(([name]) => name !== doubleTagged).map(([, frame]) => frame);

/** The program that tcpdump makes of an expression for this very device. */
function tcpdumpProgram(expression: string): string {
  return execFileSync('tcpdump', ['-i', 'far', '-ddd', expression], { encoding: 'utf8' });
}

/** Which frames of the corpus come through each filter. */
async function through(
  filters: readonly (Filter | string)[],
  sent: readonly Uint8Array[] = frames,
): Promise<string[][]> {
  const captures = filters.map((filter) => capture({ device: 'far', filter }));
  await Promise.all(captures.map((each) => each.ready()));
  await sender.send('near', sent);
  await Promise.all(captures.map((each) => each.close()));
  return await Promise.all(
    captures.map(async (each) => {
      const seen: string[] = [];
      for await (const frame of each) seen.push(hex(frame.bytes));
      return seen;
    }),
  );
}

describe('let through what the same expression of tcpdump lets through', () => {
  test.each(comparable)('%s', async (expression, filter) => {
    const [ours, theirs] = await through([filter, tcpdumpProgram(expression)]);
    expect(ours).toEqual(theirs);
    expect(theirs?.length).toBeGreaterThan(0);
    expect(theirs?.length).toBeLessThan(frames.length);
  });
});

test('packets behind two tags and behind IPv6 extension headers are found', async () => {
  const all = corpus.map(([, frame]) => frame);
  const [seen] = await through([{ protocol: 'udp', source: { port: 1111 } }], all);
  const names = corpus.filter(([, frame]) => seen?.includes(hex(frame))).map(([name]) => name);
  expect(names).toEqual([
    'UDP',
    'UDP without data',
    'first fragment',
    'IPv6 UDP',
    'IPv6 with flow label',
    'IPv6 destination options',
    'IPv6 first fragment',
    'two tags',
  ]);
});

test('a program longer than a jump can reach works', async () => {
  const ports = Array.from({ length: 40 }, (_, index) => ({ port: 3000 + index }));
  const far = { or: [...ports, { port: 2222 }], not: { protocol: 'ipv6' } } as const;
  const [ours, near] = await through([far, { port: 2222, not: { protocol: 'ipv6' } }]);
  expect(ours).toEqual(near);
  expect(near?.length).toBeGreaterThan(0);
});
