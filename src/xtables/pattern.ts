import { invalidType, invalidValue } from '../errors/index.js';
import type { PortPattern } from './rule.js';

/** First and last port, both included. */
export type PortRange = readonly [first: number, last: number];

/** Ports that a rule matches. */
export interface Ports {
  readonly not: boolean;
  readonly ranges: readonly PortRange[];
}

/** A mark that a rule matches. */
export interface Mark {
  readonly not: boolean;
  readonly value: number;
  readonly mask: number;
}

/** A word that may be inverted. */
export interface Word {
  readonly not: boolean;
  readonly text: string;
}

const allOnes = 0xff_ff_ff_ff;
const somePorts = "a port, a range like '1000-2000', or several of them";

/** Takes the `!` off a text. */
export function splitNot(text: string): Word {
  const not = text.startsWith('!');
  return { not, text: not ? text.slice(1) : text };
}

/** Reads a {@link PortPattern}. */
export function parsePorts(name: string, value: unknown): Ports {
  if (typeof value === 'number') return { not: false, ranges: [portRange(name, value, value)] };
  if (Array.isArray(value)) {
    if (value.length === 0) throw invalidValue(name, somePorts, value);
    return { not: false, ranges: value.map((part) => portRange(name, part, value)) };
  }
  if (typeof value !== 'string') throw invalidType(name, somePorts, value);
  const { not, text } = splitNot(value);
  return { not, ranges: text.split(',').map((part) => portRange(name, part, value)) };
}

/** Reads a {@link PortPattern} that is one port or range. */
export function parseOnePort(name: string, value: unknown): Ports {
  const ports = parsePorts(name, value);
  if (ports.ranges.length !== 1) throw invalidValue(name, 'one port or range', value);
  return ports;
}

/** The shortest text, or a number, that parses to the ports. */
export function formatPorts(ports: Ports): number | string {
  const [only, ...more] = ports.ranges;
  if (only !== undefined && more.length === 0 && !ports.not && only[0] === only[1]) return only[0];
  return `${ports.not ? '!' : ''}${ports.ranges.map((range) => formatRange(range, '-')).join(',')}`;
}

/** One port, or both ends of a range with something between. */
export function formatRange([first, last]: PortRange, between: string): string {
  return first === last ? `${first}` : `${first}${between}${last}`;
}

function portRange(name: string, part: unknown, whole: unknown): PortRange {
  if (typeof part !== 'number' && typeof part !== 'string')
    throw invalidType(name, somePorts, whole);
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(part));
  const first = Number(parts?.[1]);
  const last = Number(parts?.[2] ?? parts?.[1]);
  if (parts === null || last > 65_535 || first > last) throw invalidValue(name, somePorts, whole);
  return [first, last];
}

const someMark = "a mark from 0 to 4294967295, or a text like '0x1/0xff'";

/** Reads `1`, `'0x1/0xff'` or `'!0x1'`. */
export function parseMark(name: string, value: unknown): Mark {
  if (typeof value !== 'number' && typeof value !== 'string') {
    throw invalidType(name, someMark, value);
  }
  const { not, text } = splitNot(String(value));
  const parts = /^(0x[\da-f]{1,8}|\d{1,10})(?:\/(0x[\da-f]{1,8}|\d{1,10}))?$/i.exec(text);
  const mark = Number(parts?.[1]);
  const mask = parts?.[2] === undefined ? allOnes : Number(parts[2]);
  if (parts === null || mark > allOnes || mask > allOnes) throw invalidValue(name, someMark, value);
  return { not, value: mark, mask };
}

/** The shortest text, or a number, that parses to the mark. */
export function formatMark({ not, value, mask }: Mark): number | string {
  if (!not && mask === allOnes) return value;
  return `${not ? '!' : ''}${formatMarkValue(value, mask)}`;
}

/** As `iptables-save` shows it. */
export function formatMarkValue(value: number, mask: number): string {
  const hex = `0x${value.toString(16)}`;
  return mask === allOnes ? hex : `${hex}/0x${mask.toString(16)}`;
}

/** Reads the name of an interface: 1 to 15 bytes, `+` at its end, `!` before it. */
export function parseInterface(name: string, value: unknown): Word {
  const expected = "an interface's name of 1 to 15 bytes, like 'eth0' or 'eth+'";
  if (typeof value !== 'string') throw invalidType(name, expected, value);
  const word = splitNot(value);
  const length = Buffer.byteLength(word.text);
  // A lone `+` stands for all of them, which is what no pattern at all means.
  if (length === 0 || length > 15 || /[\s/\0!]|^\+$/.test(word.text)) {
    throw invalidValue(name, expected, value);
  }
  return word;
}

/** Reads a {@link PortPattern} that is not inverted and one port or range: what to redirect to. */
export function parseToPorts(name: string, value: unknown): PortRange {
  const { not, ranges } = parseOnePort(name, value);
  const [range] = ranges;
  if (not || range === undefined) throw invalidValue(name, 'a port or range', value as PortPattern);
  return range;
}
