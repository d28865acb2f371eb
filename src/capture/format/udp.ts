import type { Carried } from './carried.js';
import { endpoints } from './carried.js';
import type { Printer } from './printer.js';

const headerLength = 8;

/** Prints a UDP datagram; what it carries is left alone. */
export function printUdp(to: Printer, carried: Carried): void {
  to.protocol = 'udp';
  const { packet } = to;
  const { at, length, network, protocol, fragmented } = carried;
  if (!packet.has(at + 2, 2)) {
    if (network.protocol === protocol) to.print(`${network.source} > ${network.destination}: `);
    to.truncated();
    return;
  }
  to.print(endpoints(carried, packet.u16(at), packet.u16(at + 2)));
  if (length < headerLength) {
    to.print(`truncated-udp ${length}`);
    return;
  }
  if (!packet.has(at + 4, 2)) {
    to.truncated();
    return;
  }
  const stated = packet.u16(at + 4);
  if (stated < headerLength) {
    to.print(`truncated-udplength ${stated}`);
    return;
  }
  if (at + headerLength > packet.end) {
    to.truncated();
    return;
  }
  const [own, left] = [stated - headerLength, length - headerLength];
  to.print(own > left && !fragmented ? `UDP, bad length ${own} > ${left}` : `UDP, length ${own}`);
}
