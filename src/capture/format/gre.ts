import { etherType, greFlag } from '../numbers.js';
import { printEthernet } from './ethernet.js';
import { typeNames } from './names.js';
import type { Printer } from './printer.js';

/** Prints a GRE header of version 0 (RFC 2784, 2890) and what it carries. */
export function printGre(to: Printer, start: number, length: number): void {
  to.protocol = 'gre';
  const { packet } = to;
  if (!packet.has(start, 2) || length < 2) {
    to.truncated();
    return;
  }
  const flags = packet.u16(start);
  const version = flags & 7;
  to.print(`GREv${version}`);
  if (version !== 0) {
    if (version > 1) to.print(' ERROR: unknown-version');
    return;
  }
  const end = start + length;
  const type = field(to, start + 2, 2, end);
  let at = start + 4;
  if ((flags & (greFlag.checksum | greFlag.routing)) !== 0) {
    to.print(`, off 0x${(field(to, at, 4, end) & 0xff_ff).toString(16)}`);
    at += 4;
  }
  if ((flags & greFlag.key) !== 0) {
    to.print(`, key=0x${field(to, at, 4, end).toString(16)}`);
    at += 4;
  }
  if ((flags & greFlag.sequence) !== 0) {
    to.print(`, seq ${field(to, at, 4, end)}`);
    at += 4;
  }
  const hex = type.toString(16);
  to.print(
    `, proto ${typeNames[type] ?? 'unknown'} (0x${hex.padStart(4, '0')}), length ${length}: `,
  );
  const left = end - at;
  if (type === etherType.ipv4 || type === etherType.ipv6) {
    to.printers.byType(to, type, at, left);
  } else if (type === etherType.transparentBridging) printEthernet(to, at, left);
  else to.print(`gre-proto-0x${hex}`);
}

/** A field that must lie inside the packet, and have been captured. */
function field(to: Printer, at: number, size: 2 | 4, end: number): number {
  to.packet.need(at, at + size > end ? Number.POSITIVE_INFINITY : size);
  return size === 2 ? to.packet.u16(at) : to.packet.u32(at);
}
