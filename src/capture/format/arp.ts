import { etherType } from '../numbers.js';
import { printHex } from './hex.js';
import { typeNames } from './names.js';
import type { Printer } from './printer.js';

const headerLength = 8;
const operation = {
  request: 1,
  reply: 2,
  reverseRequest: 3,
  reverseReply: 4,
  inverseRequest: 8,
  inverseReply: 9,
} as const;
const operationNames: { readonly [operation: number]: string } = {
  1: 'Request',
  2: 'Reply',
  3: 'Reverse Request',
  4: 'Reverse Reply',
  8: 'Inverse Request',
  9: 'Inverse Reply',
  10: 'NACK Reply',
};
const hardwareNames: { readonly [type: number]: string } = {
  1: 'Ethernet',
  6: 'TokenRing',
  7: 'ArcNet',
  15: 'FrameRelay',
  23: 'Strip',
  24: 'IEEE 1394',
  32: 'InfiniBand',
};

/** Prints what RFC 826 describes. */
export function printArp(to: Printer, at: number, length: number): void {
  to.protocol = 'arp';
  const { packet } = to;
  if (!packet.has(at, headerLength)) {
    to.truncated();
    return;
  }
  const type = packet.u16(at + 2);
  const [hardwareLength, addressLength] = [packet.u8(at + 4), packet.u8(at + 5)];
  const sender = at + headerLength;
  const senderAddress = sender + hardwareLength;
  const target = senderAddress + addressLength;
  const targetAddress = target + hardwareLength;
  if (!packet.has(targetAddress, addressLength)) {
    to.truncated();
    return;
  }
  if (type !== etherType.ipv4 || addressLength !== 4 || hardwareLength === 0) {
    const hardware = packet.u16(at);
    const name = hardwareNames[hardware] ?? `Unknown Hardware (${hardware})`;
    const protocol =
      typeNames[type] ?? `Unknown Protocol (0x${type.toString(16).padStart(4, '0')})`;
    to.print(`${name} (len ${hardwareLength}), ${protocol} (len ${addressLength})`);
    to.print(`, length ${length}`);
    return;
  }
  const mac = (place: number): string => packet.mac(place, hardwareLength);
  const code = packet.u16(at + 6);
  to.print(`${operationNames[code] ?? `Unknown (${code})`} `);
  switch (code) {
    case operation.request: {
      const asked = packet.bytes(target, hardwareLength).some((byte) => byte !== 0);
      to.print(`who-has ${packet.ipv4(targetAddress)}${asked ? ` (${mac(target)})` : ''}`);
      to.print(` tell ${packet.ipv4(senderAddress)}`);
      break;
    }
    case operation.reply:
      to.print(`${packet.ipv4(senderAddress)} is-at ${mac(sender)}`);
      break;
    case operation.reverseRequest:
    case operation.inverseRequest:
      to.print(`who-is ${mac(target)} tell ${mac(sender)}`);
      break;
    case operation.reverseReply:
      to.print(`${mac(target)} at ${packet.ipv4(targetAddress)}`);
      break;
    case operation.inverseReply:
      to.print(`${mac(sender)} at ${packet.ipv4(senderAddress)}`);
      break;
    default:
      printHex(to, at, packet.end - at);
      return;
  }
  to.print(`, length ${length}`);
}
