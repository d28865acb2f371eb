import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { netnsName, resolveNetns, withNetns } from '../../../src/options/index.js';

describe('resolveNetns', () => {
  it('takes a name for a file under /run/netns and leaves a path alone', () => {
    expect(resolveNetns('vm1')).toBe('/run/netns/vm1');
    expect(resolveNetns('/proc/1/ns/net')).toBe('/proc/1/ns/net');
    expect(resolveNetns('./vm1')).toBe('./vm1');
  });

  it("means the caller's own namespace by default", () => {
    expect(resolveNetns(undefined)).toBe('');
  });

  it.each(['.', '..', '', 'a\0b', 'x'.repeat(256), `/${'x'.repeat(4095)}`])(
    'refuses %j',
    (netns) => {
      expect(() => resolveNetns(netns)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    },
  );

  it.each([null, 7, {}])('refuses %j, which is no text', (netns) => {
    expect(() => resolveNetns(netns)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });

  it('counts bytes, not characters', () => {
    expect(resolveNetns('é'.repeat(127))).toHaveLength('/run/netns/'.length + 127);
    expect(() => resolveNetns('é'.repeat(128))).toThrow(TypeError);
  });
});

it('netnsName gives back what resolveNetns was given', () => {
  const given = ['vm1', '/proc/1/ns/net', './vm1'];
  expect(given.map((netns) => netnsName(resolveNetns(netns)))).toEqual(given);
  expect(netnsName(resolveNetns(undefined))).toBe('');
});

describe('withNetns', () => {
  it('sets the default, also after awaits, timers and in promises started inside', async () => {
    const seen = await withNetns('vm1', async () => {
      const first = resolveNetns(undefined);
      await delay(1);
      return [first, resolveNetns(undefined)];
    });
    expect(seen).toEqual(['/run/netns/vm1', '/run/netns/vm1']);
    expect(resolveNetns(undefined)).toBe('');
  });

  it('keeps concurrent callbacks apart', async () => {
    const names = ['a', 'b', 'c'];
    const seen = await Promise.all(
      names.map((name) =>
        withNetns(name, async () => {
          await delay(1);
          return resolveNetns(undefined);
        }),
      ),
    );
    expect(seen).toEqual(names.map((name) => `/run/netns/${name}`));
  });

  it('nests, and yields to what is named explicitly', () => {
    const seen = withNetns('outer', () => [
      withNetns('/proc/1/ns/net', () => resolveNetns(undefined)),
      resolveNetns('named'),
      resolveNetns(undefined),
    ]);
    expect(seen).toEqual(['/proc/1/ns/net', '/run/netns/named', '/run/netns/outer']);
  });

  it('refuses what is no name and no function', () => {
    expect(() => withNetns(undefined as unknown as string, () => 0)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    expect(() => withNetns('vm1', 0 as unknown as () => void)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });
});
