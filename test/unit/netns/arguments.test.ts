import { describe, expect, it } from 'vitest';
import type { ProbeSocketOptions } from '../../../src/netns/index.js';
import {
  createNetns,
  ensureNetns,
  openListener,
  openProbeSocket,
  removeNetns,
} from '../../../src/netns/index.js';

const badNames = ['', '.', '..', 'a/b', '/run/netns/a', 'a\0b', 'x'.repeat(256)];

describe.each([
  ['createNetns', createNetns],
  ['ensureNetns', ensureNetns],
  ['removeNetns', removeNetns],
])('%s', (_, act) => {
  it.each(badNames)('refuses the name %j', async (name) => {
    await expect(act(name)).rejects.toMatchObject({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_VALUE',
    });
  });

  it('refuses a timeout of 0', async () => {
    await expect(act('name', { timeout: 0 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  });
});

describe('openProbeSocket', () => {
  it.each<[string, unknown]>([
    ['ERR_INVALID_ARG_VALUE', { source: '10.0.0.256' }],
    ['ERR_INVALID_ARG_TYPE', { source: 7 }],
    ['ERR_INVALID_ARG_VALUE', { source: '10.0.0.1', family: 'ipv6' }],
    ['ERR_INVALID_ARG_VALUE', { family: 'ipx' }],
    ['ERR_OUT_OF_RANGE', { sourcePort: 0 }],
    ['ERR_OUT_OF_RANGE', { sourcePort: 65_536 }],
    ['ERR_OUT_OF_RANGE', { mark: -1 }],
    ['ERR_OUT_OF_RANGE', { mark: 2 ** 32 }],
    ['ERR_INVALID_ARG_VALUE', { device: 'x'.repeat(16) }],
    ['ERR_INVALID_ARG_VALUE', { netns: '..' }],
    ['ERR_INVALID_ARG_VALUE', { marc: 7 }],
    ['ERR_INVALID_ARG_TYPE', null],
  ])('refuses with %s: %j', async (code, options) => {
    await expect(openProbeSocket(options as ProbeSocketOptions)).rejects.toMatchObject({ code });
  });
});

describe('openListener', () => {
  it.each([
    ['ERR_INVALID_ARG_TYPE', { port: 80 }],
    ['ERR_INVALID_ARG_TYPE', { address: '0.0.0.0' }],
    ['ERR_INVALID_ARG_VALUE', { address: 'localhost', port: 80 }],
    ['ERR_OUT_OF_RANGE', { address: '::', port: 70_000 }],
  ])('refuses with %s: %j', async (code, options) => {
    const listener = openListener(options as Parameters<typeof openListener>[0]);
    await expect(listener).rejects.toMatchObject({ code });
  });
});
