import { ipProtocol } from '../numbers.js';
import type { Printer } from './printer.js';

/** Prints an ICMP message (RFC 792) that has `length` bytes. */
export function printIcmp(to: Printer, at: number, length: number): void {
  to.protocol = 'icmp';
  const { packet } = to;
  const type = packet.u8(at);
  const code = packet.u8(at + 1);
  const text = messages[type]?.(to, at, code) ?? typeNames[type] ?? `type-#${type}`;
  to.print(`ICMP ${text}, length ${length}`);
}

const typeNames: { readonly [type: number]: string } = {
  4: 'source quench',
  10: 'router solicitation',
  15: 'information request',
  16: 'information reply',
  17: 'address mask request',
};

type Message = (to: Printer, at: number, code: number) => string;

const identified = ({ packet }: Printer, at: number): string =>
  `id ${packet.u16(at + 4)}, seq ${packet.u16(at + 6)}`;

const messages: { readonly [type: number]: Message } = {
  0: (to, at) => `echo reply, ${identified(to, at)}`,
  3: unreachable,
  5: redirect,
  8: (to, at) => `echo request, ${identified(to, at)}`,
  11: (to, at, code) => {
    to.packet.need(quotedDestination(at), 4);
    return timeNames[code] ?? `time exceeded-#${code}`;
  },
  12: ({ packet }, at, code) =>
    `parameter problem - ${code === 0 ? `octet ${packet.u8(at + 4)}` : `code ${code}`}`,
  13: ({ packet }, at) => `time stamp query id ${packet.u16(at + 4)} seq ${packet.u16(at + 6)}`,
  18: ({ packet }, at) =>
    `address mask is 0x${packet
      .u32(at + 8)
      .toString(16)
      .padStart(8, '0')}`,
};

const timeNames: { readonly [code: number]: string } = {
  0: 'time exceeded in-transit',
  1: 'ip reassembly time exceeded',
};

/** Errors quote the packet that they are about, behind a header of eight bytes. */
const quotedAt = 8;
const quotedDestination = (at: number): number => at + quotedAt + 16;

/** What stands around the address, by code. */
const unreachableNames: { readonly [code: number]: readonly [before: string, after: string] } = {
  0: ['net ', ' unreachable'],
  1: ['host ', ' unreachable'],
  5: ['', ' unreachable - source route failed'],
  6: ['net ', ' unreachable - unknown'],
  7: ['host ', ' unreachable - unknown'],
  8: ['', ' unreachable - source host isolated'],
  9: ['net ', ' unreachable - admin prohibited'],
  10: ['host ', ' unreachable - admin prohibited'],
  11: ['net ', ' unreachable - tos prohibited'],
  12: ['host ', ' unreachable - tos prohibited'],
  13: ['host ', ' unreachable - admin prohibited filter'],
  14: ['host ', ' unreachable - host precedence violation'],
  15: ['host ', ' unreachable - precedence cutoff'],
};

function unreachable({ packet }: Printer, at: number, code: number): string {
  const quoted = at + quotedAt;
  const destination = packet.ipv4(quotedDestination(at));
  const protocol = packet.u8(quoted + 9);
  if (code === 2) return `${destination} protocol ${protocol} unreachable`;
  if (code === 3) {
    const port = packet.u16(quoted + (packet.u8(quoted) & 0xf) * 4 + 2);
    if (protocol === ipProtocol.tcp) return `${destination} tcp port ${port} unreachable`;
    if (protocol === ipProtocol.udp) return `${destination} udp port ${port} unreachable`;
    return `${destination} protocol ${protocol} port ${port} unreachable`;
  }
  if (code === 4) {
    const mtu = packet.u16(at + 6);
    return `${destination} unreachable - need to frag${mtu === 0 ? '' : ` (mtu ${mtu})`}`;
  }
  const [before, after] = unreachableNames[code] ?? ['', ` unreachable - #${code}`];
  return before + destination + after;
}

const redirectNames: { readonly [code: number]: readonly [before: string, between: string] } = {
  0: ['redirect', 'to net'],
  1: ['redirect', 'to host'],
  2: ['redirect-tos', 'to net'],
  3: ['redirect-tos', 'to host'],
};

function redirect({ packet }: Printer, at: number, code: number): string {
  const [before, between] = redirectNames[code] ?? [`redirect-#${code}`, 'to'];
  return `${before} ${packet.ipv4(quotedDestination(at))} ${between} ${packet.ipv4(at + 4)}`;
}
