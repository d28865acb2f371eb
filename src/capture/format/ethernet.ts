import { mostLength, tagTypes } from '../numbers.js';
import { printHex } from './hex.js';
import { typeNames } from './names.js';
import type { Printer } from './printer.js';

const headerLength = 14;
const addressesLength = 12;

/** Prints an Ethernet frame that begins at `at` and had `length` bytes on the wire. */
export function printEthernet(to: Printer, at: number, length: number): void {
  to.protocol = 'ether';
  const { packet } = to;
  if (packet.end - at < headerLength) {
    to.truncated();
    return;
  }
  to.print(`${packet.mac(at + 6)} > ${packet.mac(at)}, `);
  let place = at + addressesLength;
  let type = packet.u16(place);
  place += 2;
  let lengthPrinted = false;
  while (tagTypes.includes(type)) {
    if (Math.min(packet.end, at + length) - place < 4) {
      to.protocol = 'vlan';
      to.truncated();
      return;
    }
    to.print(lengthPrinted ? `${typeName(type)}, ` : `${typeName(type)}, length ${length}: `);
    lengthPrinted = true;
    to.print(`${tagName(packet.u16(place))}, `);
    type = packet.u16(place + 2);
    place += 4;
  }
  const left = length - (place - at);
  if (type <= mostLength) {
    const inner = Math.min(type, left);
    to.print(lengthPrinted ? '802.3' : `802.3, length ${inner}: `);
    to.within(place + inner, () => printHex(to, place, inner));
    return;
  }
  to.print(lengthPrinted ? `${typeName(type)}, ` : `${typeName(type)}, length ${length}: `);
  if (!to.printers.byType(to, type, place, left)) printHex(to, place, packet.end - place);
}

function typeName(type: number): string {
  return `ethertype ${typeNames[type] ?? 'Unknown'} (0x${type.toString(16).padStart(4, '0')})`;
}

function tagName(control: number): string {
  const dropEligible = (control & 0x10_00) === 0 ? '' : ', DEI';
  return `vlan ${control & 0xf_ff}, p ${control >> 13}${dropEligible}`;
}
