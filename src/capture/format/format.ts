import type { Frame } from '../frame.js';
import { etherType } from '../numbers.js';
import { Packet, Truncated } from '../packet.js';
import { printByType } from './by-type.js';
import { Conversations } from './conversations.js';
import { printEthernet } from './ethernet.js';
import { Printer } from './printer.js';
import { printTransport } from './transport.js';

const printers = { byType: printByType, carried: printTransport };

/**
 * The line that `tcpdump -e -n` prints for a frame, its time in the local time zone. TCP sequence
 * numbers are printed as they are, as tcpdump does for the first segment of a conversation and with
 * `-S` for all; {@link frameFormatter} makes those that follow relative.
 *
 * Ethernet, VLAN tags, ARP, IPv4, IPv6, ICMP, ICMPv6, TCP, UDP, IP in IP, GRE and the first line of
 * HTTP are printed as tcpdump 4.99 does. Of other protocols, and of what other UDP and TCP ports are
 * used for, only the number or the length is printed. Bytes of an unknown Ethernet type follow as
 * lines of hexadecimal. Never throws, whatever the bytes are.
 */
export function formatFrame(frame: Frame): string {
  return format(frame, undefined);
}

/**
 * Makes a function that formats frames one after another, as `tcpdump -e -n` prints them: TCP
 * sequence numbers count from the first one that it saw of each conversation. It remembers every
 * conversation for as long as it lives.
 */
export function frameFormatter(): (frame: Frame) => string {
  const conversations = new Conversations();
  return (frame) => format(frame, conversations);
}

function format(frame: Frame, conversations: Conversations | undefined): string {
  const { bytes, length, linkType } = frame;
  const printer = new Printer(new Packet(bytes), printers, conversations);
  if (bytes.length === 0 || length < bytes.length) return invalid(length, bytes.length);
  printer.print(`${time(frame.timestamp)} `);
  try {
    if (linkType === 'ethernet') printEthernet(printer, 0, length);
    else printRaw(printer, length);
  } catch (error) {
    if (!(error instanceof Truncated)) throw error;
    printer.truncated();
  }
  return printer.text;
}

function printRaw(to: Printer, length: number): void {
  to.print('ip: ');
  to.protocol = 'ipn';
  const version = to.packet.u8(0) >> 4;
  if (version === 4) printByType(to, etherType.ipv4, 0, length);
  else if (version === 6) printByType(to, etherType.ipv6, 0, length);
  else to.print(`unknown ip ${version}`);
}

function invalid(length: number, captured: number): string {
  const reasons = [
    ...(captured === 0 ? [' caplen==0'] : []),
    ...(length === 0 ? [' len==0'] : []),
    ...(length !== 0 && length < captured ? [` len(${length}) < caplen(${captured})`] : []),
  ];
  return `[Invalid header:${reasons.join(',')}]`;
}

/** `12:34:56.123456` */
function time(timestamp: bigint): string {
  const microseconds = timestamp / 1000n;
  const date = new Date(Number(microseconds / 1000n));
  const fraction = String(microseconds % 1_000_000n).padStart(6, '0');
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${fraction}`;
}
