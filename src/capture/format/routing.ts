import type { Printer } from './printer.js';

/** Types of the header (RFC 5095, 6275, 8754). */
const routingType = { source: 0, mobile: 2, segments: 4 } as const;
const addressesAt = 8;
const addressLength = 16;

/** Prints an IPv6 routing header; false when nothing that follows can be read. */
export function printRouting(to: Printer, at: number): boolean {
  const { packet } = to;
  packet.need(at, 1);
  to.protocol = 'rt6';
  to.print('RT6');
  const units = packet.u8(at + 1);
  to.print(` (len=${units}`);
  const type = packet.u8(at + 2);
  to.print(`, type=${type}${type === routingType.source ? ' [Deprecated]' : ''}`);
  to.print(`, segleft=${packet.u8(at + 3)}`);
  if (type === routingType.segments) {
    printSegments(to, at);
  } else if (type === routingType.source || type === routingType.mobile) {
    const reserved = packet.u32(at + 4);
    if (reserved !== 0) to.print(`, rsv=0x${reserved.toString(16)}`);
  } else {
    return refuse(to, 'unknown type');
  }
  if (units % 2 === 1) return refuse(to, `invalid length ${units}`);
  for (let index = 0; index < units / 2; index++) {
    to.print(`, [${index}]${packet.ipv6(at + addressesAt + index * addressLength)}`);
  }
  to.print(') ');
  return true;
}

function printSegments(to: Printer, at: number): void {
  const { packet } = to;
  to.print(`, last-entry=${packet.u8(at + 4)}`);
  const flags = packet.u8(at + 5);
  if (flags !== 0) to.print(`, flags=0x${flags.toString(16)}`);
  to.print(`, tag=${packet.u16(at + 6).toString(16)}`);
}

function refuse(to: Printer, why: string): false {
  to.print(` (${why})`);
  to.invalid();
  return false;
}
