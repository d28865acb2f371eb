// Texts that a user, a file or the kernel may hand over: whatever they are, the answer is a value or
// the error that is documented, soon, and what was understood can be written and understood again.
import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAddress, familyOf } from '../../../src/address/index.js';
import { parseProgram, printProgram } from '../../../src/capture/filter/program-text.js';
import { filterProgram } from '../../../src/capture/index.js';
import { parseRule } from '../../../src/index.js';
import { parseProcServices } from '../../../src/ipvs/proc-services.js';
import { formatServiceName, parseServiceName } from '../../../src/ipvs/service-name.js';
import { checkMacAddress, formatMacAddress } from '../../../src/route/hardware-address.js';
import { labelMatcher } from '../../../src/route/label.js';
import { checkPrefix, formatPrefix } from '../../../src/route/prefix.js';
import { formatAddressPattern, parseAddressPattern } from '../../../src/xtables/address-pattern.js';
import {
  formatMark,
  formatPorts,
  parseInterface,
  parseMark,
  parsePorts,
  parseToPorts,
} from '../../../src/xtables/pattern.js';

const numRuns = 2000;

/** Pieces that real texts are made of, so that many of the made-up ones are nearly right. */
const pieces = [
  ...['tcp://', 'udp://', 'sctp://', 'fwmark:', '/ipv6', '10.0.0.1', '10.0.0.0/8', '255.255.255.0'],
  ...[
    '[2001:db8::1]',
    '::',
    '::1',
    ':80',
    ':',
    '/24',
    '/',
    '1',
    '65535',
    '65536',
    '-1',
    '0x7',
    '!',
  ],
  ...[
    '-A',
    '-a',
    '-t',
    '-u',
    '-f',
    '-r',
    '-s',
    'rr',
    '-w',
    '-x',
    '--sched-flags',
    '-p',
    '-M',
    '-g',
  ],
  ...[
    '--tun-type',
    'gue',
    '--pe',
    'sip',
    '--',
    ' ',
    '\t',
    '\n',
    '"',
    "'",
    '\\',
    '#',
    ',',
    '.',
    '*',
  ],
  ...['02:00:00:00:00:01', 'eth0', 'eth+', '80:90', '80-90', '6 0 0 1', '21 0 1 80', '4294967296'],
];
const texts = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(' ')),
);
/** Anything that is no text, or is one. */
const values = fc.oneof(texts, fc.anything());

const documented = new Set(['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_VALUE', 'ERR_OUT_OF_RANGE']);

/** The value, or `undefined` where the documented error was thrown. */
function understood<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    const { code, message } = error as NodeJS.ErrnoException;
    expect(documented, `${String(error)}`).toContain(code);
    expect(message.length).toBeLessThan(1000);
    return undefined;
  }
}

interface Parser {
  readonly name: string;
  readonly parse: (value: unknown) => unknown;
  /** Writes what was understood, so that it is understood as the same. */
  readonly write?: (value: never) => unknown;
  /** Takes no more than text. */
  readonly onlyText?: boolean;
}

const parsers: readonly Parser[] = [
  { name: 'addresses', parse: (value) => checkAddress('value', value) },
  { name: 'prefixes', parse: (value) => checkPrefix('value', value), write: formatPrefix },
  {
    name: 'hardware addresses',
    parse: (value) => checkMacAddress('value', value),
    write: formatMacAddress,
  },
  {
    name: 'service names',
    parse: (value) => parseServiceName(value as string),
    write: formatServiceName,
    onlyText: true,
  },
  { name: 'rules of ipvsadm', parse: (value) => parseRule(value as string), onlyText: true },
  {
    name: 'programs of tcpdump -ddd',
    parse: (value) => parseProgram('value', value as string),
    write: printProgram,
    onlyText: true,
  },
  {
    name: 'addresses of rules',
    parse: (value) => parseAddressPattern('value', value),
    write: formatAddressPattern,
  },
  { name: 'ports of rules', parse: (value) => parsePorts('value', value), write: formatPorts },
  { name: 'ports to redirect to', parse: (value) => parseToPorts('value', value) },
  { name: 'marks of rules', parse: (value) => parseMark('value', value), write: formatMark },
  { name: 'devices of rules', parse: (value) => parseInterface('value', value) },
  { name: 'filters', parse: (value) => filterProgram(value as never) },
];

describe.each(parsers)('$name', ({ parse, write, onlyText = false }) => {
  test('are understood, or refused with the documented error', () => {
    const property = fc.property(onlyText ? texts : values, (value) => {
      const first = understood(() => parse(value));
      if (first === undefined || write === undefined) return;
      const written = write(first as never);
      expect(write(parse(written) as never)).toEqual(written);
    });
    fc.assert(property, { numRuns });
  });
});

describe('conditions of filters', () => {
  const keys = ['host', 'network', 'source', 'destination', 'port', 'protocol', 'vlan', 'arp'];
  const leaves = fc.oneof(fc.constantFrom('tcp', 'ipv6', true, false, 80, [1, 9]), values);
  const { filter } = fc.letrec<{ filter: unknown }>((tie) => ({
    filter: fc.dictionary(
      fc.constantFrom(...keys, 'tcpFlags', 'not', 'and', 'or', 'mac'),
      fc.oneof({ maxDepth: 3 }, leaves, tie('filter'), fc.array(tie('filter'), { maxLength: 3 })),
      { maxKeys: 3 },
    ),
  }));

  test('compile to a program, or are refused with the documented error', () => {
    const property = fc.property(filter, (conditions) => {
      const program = understood(() => filterProgram(conditions as never));
      if (program !== undefined) expect(printProgram(parseProgram('value', program))).toBe(program);
    });
    fc.assert(property, { numRuns });
  });
});

test('addresses are told apart as Node does', () => {
  const property = fc.property(fc.oneof(texts, fc.ipV4(), fc.ipV6()), (text) => {
    const family = isIPv4(text) ? 'ipv4' : isIPv6(text) ? 'ipv6' : undefined;
    // A zone is of no use to the kernel's tables.
    if (!text.includes('%')) expect(familyOf(text)).toBe(family);
  });
  fc.assert(property, { numRuns: 3 * numRuns });
});

test('patterns of labels match soon, whatever they are', () => {
  const star = fc.array(fc.constantFrom('a', '*', '?', '[', '(', '+', '.'), { maxLength: 40 });
  const property = fc.property(star, star, (pattern, label) => {
    expect(typeof labelMatcher(pattern.join(''))(label.join(''))).toBe('boolean');
  });
  fc.assert(property, { numRuns, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true });
});

test('whatever /proc/net/ip_vs says, services come of it, or none', () => {
  const words = [
    'TCP',
    'UDP',
    'FWM',
    '->',
    '0A000001:0050',
    '[2001:0db8::1]:0050',
    'rr',
    'Route',
    '1',
  ];
  const line = fc.array(fc.constantFrom(...words, ...pieces), { maxLength: 8 });
  const file = fc.array(
    line.map((parts) => parts.join(' ')),
    { maxLength: 10 },
  );
  const property = fc.property(file, (lines) => {
    const services = parseProcServices(lines.join('\n'));
    expect(services.length).toBeLessThanOrEqual(lines.length);
  });
  fc.assert(property, { numRuns });
});
