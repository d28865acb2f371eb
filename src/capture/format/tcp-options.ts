import type { Packet } from '../packet.js';
import { Truncated } from '../packet.js';
import type { Printer } from './printer.js';

const endOfList = 0;
const noOperation = 1;
const selectiveAcknowledgement = 5;

const optionNames: { readonly [kind: number]: string } = {
  0: 'eol',
  1: 'nop',
  2: 'mss',
  3: 'wscale',
  4: 'sackOK',
  5: 'sack',
  6: 'echo',
  7: 'echoreply',
  8: 'TS',
  11: 'cc',
  12: 'ccnew',
  13: '',
  28: 'uto',
  34: 'tfo',
};

/** How long the data of an option must be, and how it is printed. */
interface Format {
  readonly length: number;
  readonly text: (packet: Packet, at: number) => string;
}

const word: Format = { length: 4, text: (packet, at) => ` ${packet.u32(at)}` };
const empty: Format = { length: 0, text: () => '' };

const formats: { readonly [kind: number]: Format } = {
  2: { length: 2, text: (packet, at) => ` ${packet.u16(at)}` },
  3: { length: 1, text: (packet, at) => ` ${packet.u8(at)}` },
  4: empty,
  6: word,
  7: word,
  8: { length: 8, text: (packet, at) => ` val ${packet.u32(at)} ecr ${packet.u32(at + 4)}` },
  11: word,
  12: word,
  13: word,
  28: { length: 2, text: userTimeout },
};

function userTimeout(packet: Packet, at: number): string {
  const value = packet.u16(at);
  return ` 0x${value.toString(16)} ${(value >> 1) * ((value & 1) === 1 ? 60 : 1)}`;
}

/** Prints the options between two places; false when one is wrong, behind which nothing is read. */
export function printOptions(to: Printer, start: number, end: number, sackStart: number): boolean {
  to.print(', options [');
  for (let at = start; at < end; ) {
    if (at > start) to.print(',');
    const kind = to.packet.u8(at);
    if (kind === endOfList || kind === noOperation) {
      to.print(optionNames[kind] ?? '');
      if (kind === endOfList) break;
      at++;
      continue;
    }
    const length = to.packet.u8(at + 1);
    if (length < 2 || at + length > end) return bad(to, at > start);
    const printed = tryOption(to, kind, at + 2, length - 2, end, sackStart);
    if (printed === 'truncated') {
      to.truncated();
      if (at > start) to.print('>');
      return false;
    }
    if (!printed) return bad(to, at > start);
    at += 2 + dataLength(kind, length - 2);
  }
  to.print(']');
  return true;
}

function bad(to: Printer, behindOthers: boolean): false {
  to.print(behindOthers ? '[bad opt]]' : '[bad opt]');
  return false;
}

function dataLength(kind: number, length: number): number {
  return formats[kind]?.length ?? length;
}

function tryOption(...option: Parameters<typeof printOption>): boolean | 'truncated' {
  try {
    return printOption(...option);
  } catch (error) {
    if (!(error instanceof Truncated)) throw error;
    return 'truncated';
  }
}

function printOption(
  to: Printer,
  kind: number,
  at: number,
  length: number,
  end: number,
  sackStart: number,
): boolean {
  const { packet } = to;
  to.print(optionNames[kind] ?? `unknown-${kind}`);
  const format = formats[kind];
  if (format !== undefined) {
    if (at + format.length > end) return false;
    packet.need(at, format.length);
    to.print(format.text(packet, at));
    if (format.length !== length) to.print(`[len ${length + 2}]`);
    return true;
  }
  if (kind === selectiveAcknowledgement) {
    to.print(length % 8 === 0 ? ` ${length / 8} ` : ' invalid sack');
    for (let place = at; length % 8 === 0 && place < at + length; place += 8) {
      const [from, until] = [packet.u32(place) - sackStart, packet.u32(place + 4) - sackStart];
      to.print(`{${from >>> 0}:${until >>> 0}}`);
    }
    return true;
  }
  if (length > 0) to.print(' 0x');
  for (let place = at; place < at + length; place++) {
    to.print(packet.u8(place).toString(16).padStart(2, '0'));
  }
  return true;
}
