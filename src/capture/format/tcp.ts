import { tcpFlags } from '../numbers.js';
import { Truncated } from '../packet.js';
import type { Carried } from './carried.js';
import { endpoints } from './carried.js';
import type { Place } from './conversations.js';
import { printHttp } from './http.js';
import type { Printer } from './printer.js';
import { printOptions } from './tcp-options.js';

const leastHeader = 20;
const [fin, syn, rst, , ack, urg] = tcpFlags.map(([bit]) => bit) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const httpPorts = [80, 8080];

/** Prints a TCP segment. */
export function printTcp(to: Printer, carried: Carried): void {
  to.protocol = 'tcp';
  const { packet } = to;
  const { at, network } = carried;
  if (!packet.has(at + 2, 2)) {
    to.print(`${network.source} > ${network.destination}:`);
    to.truncated();
    return;
  }
  const [source, destination] = [packet.u16(at), packet.u16(at + 2)];
  to.print(endpoints(carried, source, destination));
  if (!packet.has(at, leastHeader)) {
    to.truncated();
    return;
  }
  const headerLength = (packet.u8(at + 12) >> 4) * 4;
  const length = carried.length - headerLength;
  if (headerLength < leastHeader) {
    const short = `too short, < ${leastHeader}`;
    to.print(` tcp ${length >>> 0} [bad hdr length ${headerLength} - ${short}]`);
    return;
  }
  const flags = packet.u8(at + 13);
  to.print(`Flags [${flagLetters(flags)}]`);
  const place = placeOf(to, carried, source, destination, flags);
  if (length < 0) {
    to.print(` [bad hdr length ${headerLength} - too long, > ${carried.length}]`);
    return;
  }
  printNumbers(to, at, flags, length, place);
  const optionsEnd = at + headerLength;
  if (
    headerLength > leastHeader &&
    !printOptions(to, at + leastHeader, optionsEnd, place.acknowledgedStart)
  )
    return;
  to.print(`, length ${length}`);
  if (length === 0) return;
  if (!packet.has(at, headerLength)) {
    to.print(` [remaining caplen(${packet.end - at}) < header length(${headerLength})]`);
    throw new Truncated('within the options');
  }
  if (httpPorts.includes(source) || httpPorts.includes(destination)) {
    to.print(': ');
    printHttp(to, optionsEnd, length);
  }
}

function flagLetters(flags: number): string {
  const letters = tcpFlags.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter);
  return letters.join('') || 'none';
}

function placeOf(
  to: Printer,
  { network, at }: Carried,
  source: number,
  destination: number,
  flags: number,
): Place {
  const [sequence, acknowledgement] = [to.packet.u32(at + 4), to.packet.u32(at + 8)];
  if (to.conversations === undefined || (flags & ack) === 0) {
    return { sequence, acknowledgement, acknowledgedStart: 0 };
  }
  const reverse =
    source > destination ||
    (source === destination && isBehind(network.source, network.destination));
  return to.conversations.place(
    `${network.source} ${source}`,
    `${network.destination} ${destination}`,
    reverse,
    (flags & syn) !== 0,
    sequence,
    acknowledgement,
  );
}

/** Any order will do: it only makes both directions one conversation. */
function isBehind(source: string, destination: string): boolean {
  return source > destination;
}

function printNumbers(
  to: Printer,
  at: number,
  flags: number,
  length: number,
  { sequence, acknowledgement }: Place,
): void {
  if (length > 0 || (flags & (syn | fin | rst)) !== 0) {
    to.print(`, seq ${sequence}`);
    if (length > 0) to.print(`:${(sequence + length) >>> 0}`);
  }
  if ((flags & ack) !== 0) to.print(`, ack ${acknowledgement}`);
  to.print(`, win ${to.packet.u16(at + 14)}`);
  if ((flags & urg) !== 0) to.print(`, urg ${to.packet.u16(at + 18)}`);
}
