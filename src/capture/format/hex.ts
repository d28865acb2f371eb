import { Truncated } from '../packet.js';
import type { Printer } from './printer.js';

const perLine = 16;
const hexWidth = 40;

/** Prints bytes that nothing is known about: lines of an offset, hexadecimal and perhaps text. */
export function printHex(to: Printer, at: number, length: number, withText = true): void {
  const { packet } = to;
  const shown = Math.max(0, Math.min(length, packet.end - at));
  for (let offset = 0; offset < shown; offset += perLine) {
    const bytes = packet.bytes(at + offset, Math.min(perLine, shown - offset));
    const start = offset.toString(16).padStart(4, '0');
    const text = withText ? `${hexOf(bytes).padEnd(hexWidth)}  ${textOf(bytes)}` : hexOf(bytes);
    to.print(`\n\t0x${start}: ${text}`);
  }
  if (shown < length) throw new Truncated('a dump of more than was captured');
}

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const [index, byte] of bytes.entries()) {
    text += (index % 2 === 0 ? ' ' : '') + byte.toString(16).padStart(2, '0');
  }
  return text;
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
  ).join('');
}
