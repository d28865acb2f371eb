import { ipProtocol } from '../numbers.js';
import { withPorts } from './ipv4.js';
import type { Printer } from './printer.js';
import { printRouting } from './routing.js';

const headerLength = 40;
const fragmentLength = 8;

/** Where reading the extension headers has got to. */
interface Cursor {
  at: number;
  /** Bytes that are left, as the header says. */
  length: number;
  next: number;
  fragmented: boolean;
  readonly start: number;
  readonly payloadLength: number;
}

/** Prints an IPv6 packet that lies in `length` bytes. */
export function printIpv6(to: Printer, at: number, length: number): void {
  to.protocol = 'ip6';
  const { packet } = to;
  if (!packet.has(at, headerLength)) {
    to.truncated();
    return;
  }
  const version = packet.u8(at) >> 4;
  if (version !== 6) {
    to.print(`version error: ${version} != 6`);
    return;
  }
  const payloadLength = packet.u16(at + 4);
  const total = payloadLength === 0 ? length : payloadLength + headerLength;
  if (length < total) to.print(`truncated-ip6 - ${total - length} bytes missing!`);
  const cursor = {
    start: at,
    at: at + headerLength,
    length: total - headerLength,
    next: packet.u8(at + 6),
    fragmented: false,
    payloadLength,
  };
  to.within(at + total, () => printBody(to, cursor));
}

function printBody(to: Printer, cursor: Cursor): void {
  const { packet } = to;
  const { start } = cursor;
  const network = {
    version: 6,
    protocol: cursor.next,
    source: packet.ipv6(start + 8),
    destination: packet.ipv6(start + 24),
  } as const;
  if (!withPorts.includes(cursor.next)) to.print(`${network.source} > ${network.destination}: `);
  while (isExtension(cursor.next)) {
    const mayBeJumbo = cursor.payloadLength === 0 && cursor.next === ipProtocol.hopByHop;
    const isReadable = printExtension(to, cursor);
    if (mayBeJumbo) {
      to.print('[No valid Jumbo Payload Hop-by-Hop option found]');
      to.invalid();
      return;
    }
    if (!isReadable) return;
    to.protocol = 'ip6';
    if (cursor.length < 0 || cursor.payloadLength === 0) {
      to.truncated();
      return;
    }
  }
  const { next: protocol, at, length, fragmented, payloadLength } = cursor;
  const carry = (left: number): void =>
    to.printers.carried(to, { network, protocol, at, length: left, fragmented });
  if (payloadLength === 0) to.within(start + headerLength, () => carry(0));
  else carry(length);
}

function isExtension(next: number): boolean {
  return (
    next === ipProtocol.hopByHop ||
    next === ipProtocol.destinationOptions ||
    next === ipProtocol.routing ||
    next === ipProtocol.fragment
  );
}

/** Prints one extension header and moves behind it; false when nothing readable follows. */
function printExtension(to: Printer, cursor: Cursor): boolean {
  const { packet } = to;
  const { at, next } = cursor;
  if (next === ipProtocol.fragment) {
    to.protocol = 'frag6';
    const offset = packet.u16(at + 2) & 0xff_f8;
    const left = headerLength + cursor.payloadLength - (at - cursor.start) - fragmentLength;
    to.print(`frag (${offset}|${left})`);
    if (offset !== 0) return false;
    to.print(' ');
    cursor.fragmented = true;
    if (packet.end <= at + fragmentLength) return false;
    return advance(to, cursor, fragmentLength);
  }
  const isReadable =
    next === ipProtocol.routing ? printRouting(to, at) : printOptions(to, at, next);
  return isReadable && advance(to, cursor, lengthOf(to, at));
}

function printOptions(to: Printer, at: number, next: number): boolean {
  const isHopByHop = next === ipProtocol.hopByHop;
  to.protocol = isHopByHop ? 'hbhopt' : 'dstopt';
  if (!to.packet.has(at, lengthOf(to, at))) {
    to.truncated();
    return false;
  }
  to.print(isHopByHop ? 'HBH ' : 'DSTOPT ');
  return true;
}

function lengthOf({ packet }: Printer, at: number): number {
  return (packet.u8(at + 1) + 1) * 8;
}

function advance(to: Printer, cursor: Cursor, length: number): true {
  cursor.next = to.packet.u8(cursor.at);
  cursor.at += length;
  cursor.length -= length;
  return true;
}
