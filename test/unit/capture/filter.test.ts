import { describe, expect, test } from 'vitest';
import type { Filter } from '../../../src/capture/index.js';
import { capture, filterProgram } from '../../../src/capture/index.js';

describe('filters that make no sense are refused with the reason', () => {
  const cases: readonly (readonly [filter: unknown, name: string, message: RegExp])[] = [
    [{}, 'TypeError', /^filter must be at least one condition/],
    [{ prot: 'tcp' }, 'TypeError', /^filter\.prot must be one of the known properties/],
    [
      { host: '10.0.0' },
      'TypeError',
      /^filter\.host must be an IPv4 or IPv6 address; got '10\.0\.0'/,
    ],
    [{ network: '10.0.0.0' }, 'TypeError', /^filter\.network must be a network such as/],
    [{ source: '10.0.0.0/33' }, 'RangeError', /^filter\.source must be an integer from 0 to 32/],
    [{ source: {} }, 'TypeError', /^filter\.source must be at least one condition/],
    [{ port: 70_000 }, 'RangeError', /^filter\.port must be an integer from 0 to 65535/],
    [{ port: [9, 5] }, 'RangeError', /^filter\.port must be an integer from 9 to 65535; got 5/],
    [{ port: [1, 2, 3] }, 'TypeError', /^filter\.port must be a port, or/],
    [
      { port: 1, protocol: 'icmp' },
      'TypeError',
      /^filter\.protocol must be 'tcp', 'udp' or 'sctp' beside a port/,
    ],
    [{ protocol: 'tpc' }, 'TypeError', /^filter\.protocol must be a number, or one of 'ipv4'/],
    [{ protocol: 256 }, 'RangeError', /^filter\.protocol must be an integer from 0 to 255/],
    [{ vlan: 4096 }, 'RangeError', /^filter\.vlan must be an integer from 0 to 4095/],
    [{ arp: true, port: 1 }, 'TypeError', /^filter\.arp must be without/],
    [{ arp: 'yes' }, 'TypeError', /^filter\.arp must be a boolean/],
    [{ tcpFlags: {} }, 'TypeError', /^filter\.tcpFlags must be at least one flag/],
    [{ tcpFlags: { syn: 1 } }, 'TypeError', /^filter\.tcpFlags\.syn must be a boolean/],
    [{ tcpFlags: { syn: true }, protocol: 'udp' }, 'TypeError', /beside tcpFlags/],
    [{ or: [] }, 'TypeError', /^filter\.or must be at least one filter/],
    [{ and: { port: 1 } }, 'TypeError', /^filter\.and must be an array of filters/],
    [{ or: [{ port: 1 }, { host: 5 }] }, 'TypeError', /^filter\.or\[1\]\.host must be/],
    [{ source: { mac: '02:00' } }, 'TypeError', /^filter\.source\.mac must be an Ethernet address/],
    [
      { source: '10.0.0.1', destination: '::1' },
      'TypeError',
      /^filter must be about addresses of one family/,
    ],
    [
      { host: '::1', protocol: 'icmp' },
      'TypeError',
      /^filter\.protocol must be one that ipv6 addresses have/,
    ],
    ['hello', 'TypeError', /^filter must be conditions, or the text that `tcpdump -ddd` prints/],
    ['2\n6 0 0 0\n', 'TypeError', /^filter must be as many lines as its first one says/],
    ['1\n6 0 0\n', 'TypeError', /^filter, line 2, must be four numbers/],
    ['1\n6 0 256 0\n', 'TypeError', /^filter, line 2, must be four numbers/],
    [5, 'TypeError', /^filter must be an object with conditions/],
  ];

  test.each(cases)('%j', (filter, name, message) => {
    const attempt = (): unknown => capture({ device: 'lo', filter: filter as Filter });
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ name }));
  });

  test('too many conditions', () => {
    const or = Array.from({ length: 1000 }, (_, index) => ({ port: index }));
    expect(() => filterProgram({ or })).toThrow(/small enough for 4093 BPF instructions/);
  });

  test('nested without end', () => {
    let filter: Filter = { port: 1 };
    for (let depth = 0; depth < 200; depth++) filter = { not: filter };
    expect(() => filterProgram(filter)).toThrow(/nested at most 100 deep/);
  });
});

test('a program ends with what it keeps and what it refuses', () => {
  const lines = filterProgram({ port: 80 }, 96).trim().split('\n');
  expect(lines.length).toBe(Number(lines[0]) + 1);
  expect(lines.slice(-2)).toEqual(['6 0 0 96', '6 0 0 0']);
});
